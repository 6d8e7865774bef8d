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
        ::ctu::__private::At::call(Self::__area_at(self, &scale), (self, scale), |(this, scale)| {
            Self::area_uncached(this, scale)
        })
    }
}
#[allow(unreachable_pub, missing_docs)]
#[allow(
    dead_code,
    clippy::needless_pass_by_value,
    clippy::too_many_arguments,
    clippy::missing_errors_doc,
    clippy::must_use_candidate
)]
impl Shape {
    #[doc(hidden)]
    #[allow(unused_qualifications)]
    #[inline]
    fn __area_site() -> &'static ::ctu::__private::Site {
        static SITE: ::ctu::__private::SiteCell = ::ctu::__private::SiteCell::new(::ctu::__private::About::at(
            ::core::concat!(::core::module_path!(), "::<Shape as Area>::area#fdf0e8db."),
        ));
        &SITE
    }
    #[doc(hidden)]
    #[allow(unused_braces, unused_parens, unused_qualifications, clippy::all, clippy::pedantic)]
    #[inline]
    fn __area_at<'ctu_self>(
        &'ctu_self self,
        scale: &u32,
    ) -> impl ::ctu::__private::At<
        Value = <Self as Area>::Unit,
        Returned = <Self as Area>::Unit,
        Key = ::std::string::String,
    > + use<'ctu_self> {
        {
            #[allow(unused_imports)]
            use ::ctu::__private::{IsPlain as _, IsResult as _};
            ::ctu::__private::check_plain(&(&::ctu::__private::Returned::<<Self as Area>::Unit>::new()).kind());
        }
        let site = Self::__area_site();
        let key =
            site.prefix().and_then(|prefix| ::ctu::__private::json_text(prefix, &::ctu::__private::Args((scale,))));
        let __ctu_store = ::ctu::__private::Borrowed(&self.cache);
        ::ctu::__private::called::<::ctu::__private::Whole, <Self as Area>::Unit, ::ctu::__private::Text, _, _, _>(
            site,
            __ctu_store,
            key,
            {
                #[allow(unused_imports)]
                use ::ctu::__private::{SharesAll as _, SharesNothing as _, SharesValue as _};
                (&&&::ctu::__private::Sharing::<::ctu::__private::Whole, <Self as Area>::Unit>::new()).share()
            },
            ::ctu::__private::Lasts(::ctu::__private::Ttl::Default),
        )
    }
    #[doc = "Whether a call with these arguments would be a hit.\n\n# Errors\n\nWhen the cache fails."]
    #[inline]
    pub fn area_in_cache(&self, scale: u32) -> ::ctu::Result<bool> {
        ::ctu::__private::At::in_cache(Self::__area_at(self, &scale))
    }
    #[doc = "Forgets the result of a call with these arguments, and tells whether it was there.\n\n# Errors\n\nWhen the cache fails: the result may still be there."]
    #[inline]
    pub fn area_evict(&self, scale: u32) -> ::ctu::Result<bool> {
        ::ctu::__private::At::evict(Self::__area_at(self, &scale))
    }
    #[doc = "The cached value of a call with these arguments, never computed.\n\n# Errors\n\nWhen the cache fails."]
    #[inline]
    pub fn area_peek(&self, scale: u32) -> ::ctu::Result<::core::option::Option<<Self as Area>::Unit>> {
        ::ctu::__private::At::peek(Self::__area_at(self, &scale))
    }
    #[doc = "Stores a value as that of a call with these arguments.\n\n# Errors\n\nWhen the cache fails, or the arguments or the value have no exact form in it."]
    #[inline]
    pub fn area_prime(&self, scale: u32, value: &<Self as Area>::Unit) -> ::ctu::Result<()> {
        ::ctu::__private::At::prime(Self::__area_at(self, &scale), value)
    }
    #[doc = "The key under which the result of a call with these arguments is stored.\n\n# Errors\n\nWhen the arguments have no exact form in the key's format."]
    #[allow(unused_qualifications)]
    #[inline]
    pub fn area_key(&self, scale: u32) -> ::ctu::Result<::std::string::String> {
        ::ctu::__private::At::key(Self::__area_at(self, &scale))
    }
    #[doc = "Computes the result of a call with these arguments anew, stores it over what is cached, and returns it."]
    #[inline]
    pub fn area_refresh(&self, scale: u32) -> <Self as Area>::Unit {
        ::ctu::__private::At::refresh(Self::__area_at(self, &scale), (self, scale), |(this, scale)| {
            Self::area_uncached(this, scale)
        })
    }
    #[doc = "What was counted of the function's calls."]
    #[must_use]
    #[inline]
    pub fn area_stats() -> ::ctu::__private::Stats {
        Self::__area_site().stats()
    }
}
#[allow(unreachable_pub, missing_docs)]
#[allow(
    dead_code,
    clippy::fn_params_excessive_bools,
    clippy::needless_pass_by_value,
    clippy::ptr_arg,
    clippy::too_many_arguments,
    clippy::trivially_copy_pass_by_ref,
    clippy::unnecessary_wraps,
    clippy::unused_async,
    clippy::unused_self,
    clippy::wrong_self_convention
)]
impl Shape {
    #[doc = "The original [`area`](Self::area), without the cache."]
    #[doc = ""]
    pub fn area_uncached(&self, scale: u32) -> <Self as Area>::Unit {
        self.side * scale
    }
}
