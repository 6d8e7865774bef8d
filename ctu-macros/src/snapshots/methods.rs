// The expansion of
// #[cache_methods(cache = CACHE, self_key = self.id)]
// impl Shop {
//     #[cached]
//     pub fn price(&self, article: &str) -> Result<u64, Error> {
//         self.ask(article)
//     }
//
//     fn untouched(&mut self) {}
// }

impl Shop {
    pub fn price(&self, article: &str) -> Result<u64, Error> {
        ::ctu::__private::check_json_key::<str>();
        let key = Self::__price_site()
            .prefix()
            .and_then(|prefix| ::ctu::__private::json_text(prefix, &::ctu::__private::Args((&(self.id), article))));
        let store = &CACHE;
        ::ctu::__private::call::<::ctu::__private::OkOnly, _, _, _>(
            Self::__price_site(),
            store,
            key,
            {
                #[allow(unused_imports)]
                use ::ctu::__private::{SharesAll as _, SharesNothing as _, SharesValue as _};
                (&&&::ctu::__private::Sharing::<::ctu::__private::OkOnly, Result<u64, Error>>::new()).share()
            },
            |value: &u64| {
                let _ = value;
                ::core::option::Option::Some(::ctu::__private::Ttl::Default)
            },
            || Self::price_uncached(self, article),
        )
    }
    fn untouched(&mut self) {}
    #[allow(dead_code)]
    #[doc(hidden)]
    fn __price_site() -> &'static ::ctu::__private::Site {
        static SITE: ::ctu::__private::Site =
            ::ctu::__private::Site::new(::core::concat!(::core::module_path!(), "::Shop::price#7b2297a8."))
                .named_by_path();
        &SITE
    }
    #[allow(dead_code)]
    #[doc = "Whether a call with these arguments would be a hit.\n\n# Errors\n\nWhen the cache fails."]
    #[allow(clippy::needless_pass_by_value)]
    pub fn price_in_cache(&self, article: &str) -> ::ctu::__private::Result<bool> {
        let key = Self::__price_site()
            .prefix()
            .and_then(|prefix| ::ctu::__private::json_text(prefix, &::ctu::__private::Args((&(self.id), article))));
        let store = &CACHE;
        ::ctu::__private::in_cache::<u64, _, _>(Self::__price_site(), store, key)
    }
    #[allow(dead_code)]
    #[doc = "Forgets the result of a call with these arguments, and tells whether it was there.\n\n# Errors\n\nWhen the cache fails: the result may still be there."]
    #[allow(clippy::needless_pass_by_value)]
    pub fn price_evict(&self, article: &str) -> ::ctu::__private::Result<bool> {
        let key = Self::__price_site()
            .prefix()
            .and_then(|prefix| ::ctu::__private::json_text(prefix, &::ctu::__private::Args((&(self.id), article))));
        let store = &CACHE;
        ::ctu::__private::evict::<u64, _, _>(Self::__price_site(), store, key)
    }
    #[allow(dead_code)]
    #[doc = "The cached value of a call with these arguments, never computed.\n\n# Errors\n\nWhen the cache fails."]
    #[allow(clippy::needless_pass_by_value)]
    pub fn price_peek(&self, article: &str) -> ::ctu::__private::Result<::core::option::Option<u64>> {
        let key = Self::__price_site()
            .prefix()
            .and_then(|prefix| ::ctu::__private::json_text(prefix, &::ctu::__private::Args((&(self.id), article))));
        let store = &CACHE;
        ::ctu::__private::peek::<u64, _, _>(store, key)
    }
    #[allow(dead_code)]
    #[doc = "Stores a value as that of a call with these arguments.\n\n# Errors\n\nWhen the cache fails, or the arguments or the value have no exact form in it."]
    #[allow(clippy::needless_pass_by_value)]
    pub fn price_prime(&self, article: &str, value: &u64) -> ::ctu::__private::Result<()> {
        let key = Self::__price_site()
            .prefix()
            .and_then(|prefix| ::ctu::__private::json_text(prefix, &::ctu::__private::Args((&(self.id), article))));
        let store = &CACHE;
        ::ctu::__private::prime::<u64, _, _>(
            Self::__price_site(),
            store,
            key,
            |value: &u64| {
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
    pub fn price_key(&self, article: &str) -> ::ctu::__private::Result<::ctu::__private::String> {
        Self::__price_site()
            .prefix()
            .and_then(|prefix| ::ctu::__private::json_text(prefix, &::ctu::__private::Args((&(self.id), article))))
            .map(::ctu::__private::Text::into_string)
    }
    #[allow(dead_code)]
    #[doc = r" Computes the result of a call with these arguments anew, stores it over what is cached, and returns it."]
    #[allow(clippy::missing_errors_doc, clippy::must_use_candidate, clippy::needless_pass_by_value)]
    pub fn price_refresh(&self, article: &str) -> Result<u64, Error> {
        let key = Self::__price_site()
            .prefix()
            .and_then(|prefix| ::ctu::__private::json_text(prefix, &::ctu::__private::Args((&(self.id), article))));
        let store = &CACHE;
        ::ctu::__private::refresh::<::ctu::__private::OkOnly, _, _, _>(
            Self::__price_site(),
            store,
            key,
            {
                #[allow(unused_imports)]
                use ::ctu::__private::{SharesAll as _, SharesNothing as _, SharesValue as _};
                (&&&::ctu::__private::Sharing::<::ctu::__private::OkOnly, Result<u64, Error>>::new()).share()
            },
            |value: &u64| {
                let _ = value;
                ::core::option::Option::Some(::ctu::__private::Ttl::Default)
            },
            || Self::price_uncached(self, article),
        )
    }
    #[allow(dead_code)]
    #[doc = r" What was counted of the function's calls."]
    #[must_use]
    pub fn price_stats() -> ::ctu::__private::Stats {
        #[allow(unused_mut)]
        let mut stats = Self::__price_site().stats();
        stats
    }
    #[allow(dead_code)]
    #[doc = "The original [`price`](Self::price), without the cache."]
    #[doc = ""]
    pub fn price_uncached(&self, article: &str) -> Result<u64, Error> {
        self.ask(article)
    }
}
