// The expansion of
// #[cache_methods(cache = self.cache)]
// impl Area for Shape {
//     #[cached]
//     fn area(&self, scale: u32) -> Self::Unit {
//         self.side * scale
//     }
// }

impl Area for Shape {
    fn area(&self, scale: u32) -> <Self as Area>::Unit {
        ::ctu::__private::check_json_key::<u32>();
        {
            #[allow(unused_imports)]
            use ::ctu::__private::{IsPlain as _, IsResult as _};
            ::ctu::__private::check_plain(&(&::ctu::__private::Returned::<<Self as Area>::Unit>::new()).kind());
        }
        let key = Self::__area_site()
            .prefix()
            .and_then(|prefix| ::ctu::__private::json_text(prefix, &::ctu::__private::Args((&scale,))));
        let store = &self.cache;
        ::ctu::__private::call::<::ctu::__private::Whole, _, _, _>(
            Self::__area_site(),
            store,
            key,
            {
                #[allow(unused_imports)]
                use ::ctu::__private::{SharesAll as _, SharesNothing as _, SharesValue as _};
                (&&&::ctu::__private::Sharing::<::ctu::__private::Whole, <Self as Area>::Unit>::new()).share()
            },
            |value: &<Self as Area>::Unit| {
                let _ = value;
                ::core::option::Option::Some(::ctu::__private::Ttl::Default)
            },
            || Self::area_uncached(self, scale),
        )
    }
}
#[allow(unreachable_pub, missing_docs)]
impl Shape {
    #[allow(dead_code)]
    #[doc(hidden)]
    fn __area_site() -> &'static ::ctu::__private::Site {
        static SITE: ::ctu::__private::Site =
            ::ctu::__private::Site::new(::core::concat!(::core::module_path!(), "::<Shape as Area>::area#fdf0e8db."))
                .named_by_path();
        &SITE
    }
    #[allow(dead_code)]
    #[doc = "Whether a call with these arguments would be a hit.\n\n# Errors\n\nWhen the cache fails."]
    #[allow(clippy::needless_pass_by_value)]
    pub fn area_in_cache(&self, scale: u32) -> ::ctu::__private::Result<bool> {
        let key = Self::__area_site()
            .prefix()
            .and_then(|prefix| ::ctu::__private::json_text(prefix, &::ctu::__private::Args((&scale,))));
        let store = &self.cache;
        ::ctu::__private::in_cache::<<Self as Area>::Unit, _, _>(Self::__area_site(), store, key)
    }
    #[allow(dead_code)]
    #[doc = "Forgets the result of a call with these arguments, and tells whether it was there.\n\n# Errors\n\nWhen the cache fails: the result may still be there."]
    #[allow(clippy::needless_pass_by_value)]
    pub fn area_evict(&self, scale: u32) -> ::ctu::__private::Result<bool> {
        let key = Self::__area_site()
            .prefix()
            .and_then(|prefix| ::ctu::__private::json_text(prefix, &::ctu::__private::Args((&scale,))));
        let store = &self.cache;
        ::ctu::__private::evict::<<Self as Area>::Unit, _, _>(Self::__area_site(), store, key)
    }
    #[allow(dead_code)]
    #[doc = "The cached value of a call with these arguments, never computed.\n\n# Errors\n\nWhen the cache fails."]
    #[allow(clippy::needless_pass_by_value)]
    pub fn area_peek(&self, scale: u32) -> ::ctu::__private::Result<::core::option::Option<<Self as Area>::Unit>> {
        let key = Self::__area_site()
            .prefix()
            .and_then(|prefix| ::ctu::__private::json_text(prefix, &::ctu::__private::Args((&scale,))));
        let store = &self.cache;
        ::ctu::__private::peek::<<Self as Area>::Unit, _, _>(store, key)
    }
    #[allow(dead_code)]
    #[doc = "Stores a value as that of a call with these arguments.\n\n# Errors\n\nWhen the cache fails, or the arguments or the value have no exact form in it."]
    #[allow(clippy::needless_pass_by_value)]
    pub fn area_prime(&self, scale: u32, value: &<Self as Area>::Unit) -> ::ctu::__private::Result<()> {
        let key = Self::__area_site()
            .prefix()
            .and_then(|prefix| ::ctu::__private::json_text(prefix, &::ctu::__private::Args((&scale,))));
        let store = &self.cache;
        ::ctu::__private::prime::<<Self as Area>::Unit, _, _>(
            Self::__area_site(),
            store,
            key,
            |value: &<Self as Area>::Unit| {
                let _ = value;
                ::core::option::Option::Some(::ctu::__private::Ttl::Default)
            },
            value,
        )
    }
    #[allow(dead_code)]
    #[doc = r" The key under which the result of a call with these arguments is stored."]
    #[doc = r""]
    #[doc = r" # Errors"]
    #[doc = r""]
    #[doc = r" When the arguments have no exact form in the key's format."]
    #[allow(clippy::needless_pass_by_value)]
    pub fn area_key(&self, scale: u32) -> ::ctu::__private::Result<::ctu::__private::String> {
        Self::__area_site()
            .prefix()
            .and_then(|prefix| ::ctu::__private::json_text(prefix, &::ctu::__private::Args((&scale,))))
            .map(::ctu::__private::Text::into_string)
    }
    #[allow(dead_code)]
    #[doc = r" Computes the result of a call with these arguments anew, stores it over what is cached, and returns it."]
    #[allow(clippy::missing_errors_doc, clippy::must_use_candidate, clippy::needless_pass_by_value)]
    pub fn area_refresh(&self, scale: u32) -> <Self as Area>::Unit {
        let key = Self::__area_site()
            .prefix()
            .and_then(|prefix| ::ctu::__private::json_text(prefix, &::ctu::__private::Args((&scale,))));
        let store = &self.cache;
        ::ctu::__private::refresh::<::ctu::__private::Whole, _, _, _>(
            Self::__area_site(),
            store,
            key,
            {
                #[allow(unused_imports)]
                use ::ctu::__private::{SharesAll as _, SharesNothing as _, SharesValue as _};
                (&&&::ctu::__private::Sharing::<::ctu::__private::Whole, <Self as Area>::Unit>::new()).share()
            },
            |value: &<Self as Area>::Unit| {
                let _ = value;
                ::core::option::Option::Some(::ctu::__private::Ttl::Default)
            },
            || Self::area_uncached(self, scale),
        )
    }
    #[allow(dead_code)]
    #[doc = r" What was counted of the function's calls."]
    #[must_use]
    pub fn area_stats() -> ::ctu::__private::Stats {
        #[allow(unused_mut)]
        let mut stats = Self::__area_site().stats();
        stats
    }
    #[allow(dead_code)]
    #[doc = "The original [`area`](Self::area), without the cache."]
    #[doc = ""]
    pub fn area_uncached(&self, scale: u32) -> <Self as Area>::Unit {
        self.side * scale
    }
}
