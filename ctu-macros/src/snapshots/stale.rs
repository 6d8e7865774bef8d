// The expansion of
// #[cache_methods(cache = self.cache)]
// impl Shop {
//     #[cached(ttl = "1h", stale = "1d", stale_on = expiry, jitter = 0.1, skip(log))]
//     fn price(&self, article: &str, log: Log) -> u64 {
//         self.ask(article, log)
//     }
// }

impl Shop {
    fn price(&self, article: &str, log: Log) -> u64 {
        ::ctu::__private::check_json_key::<str>();
        {
            #[allow(unused_imports)]
            use ::ctu::__private::{IsPlain as _, IsResult as _};
            ::ctu::__private::check_plain(&(&::ctu::__private::Returned::<u64>::new()).kind());
        }
        let key = Self::__price_site()
            .prefix()
            .and_then(|prefix| ::ctu::__private::json_text(prefix, &::ctu::__private::Args((article,))));
        let store = &self.cache;
        ::ctu::__private::call_with::<::ctu::__private::Whole, _, _, _>(
            Self::__price_site(),
            store,
            key,
            {
                #[allow(unused_imports)]
                use ::ctu::__private::{SharesAll as _, SharesNothing as _, SharesValue as _};
                (&&&::ctu::__private::Sharing::<::ctu::__private::Whole, u64>::new()).share()
            },
            (Self::__price_policy(), ::core::option::Option::None),
            |value: &u64| {
                let _ = value;
                ::core::option::Option::Some(
                    Self::__price_policy()
                        .lifetime(::ctu::__private::Ttl::After(::ctu::__private::Duration::from_millis(3600000u64))),
                )
            },
            (
                || Self::price_uncached(self, article, ::ctu::__private::own::<Log, _>(&log)),
                ::ctu::__private::Threads(|begun: ::ctu::__private::Begun| {
                    let this = ::ctu::__private::own::<Self, _>(self);
                    let article = ::ctu::__private::own::<str, _>(article);
                    let log = ::ctu::__private::own::<Log, _>(&log);
                    move || {
                        let _ = Self::__price_recompute(
                            ::ctu::__private::lend::<Self, _>(&this),
                            begun,
                            ::ctu::__private::lend::<str, _>(&article),
                            log,
                        );
                    }
                }),
            ),
        )
    }
    #[allow(dead_code)]
    #[doc(hidden)]
    fn __price_site() -> &'static ::ctu::__private::Site {
        static SITE: ::ctu::__private::Site =
            ::ctu::__private::Site::new(::core::concat!(::core::module_path!(), "::Shop::price#131fb794."))
                .named_by_path();
        &SITE
    }
    #[allow(dead_code)]
    #[doc(hidden)]
    fn __price_policy() -> &'static ::ctu::__private::Policy {
        const POLICY: ::ctu::__private::Policy = ::ctu::__private::Policy {
            stale: ::core::option::Option::Some(::ctu::__private::Duration::from_millis(86400000u64)),
            stale_on: ::ctu::__private::StaleOn::Expiry,
            jitter: 0.1f64,
            ..::ctu::__private::Policy::PLAIN
        };
        &POLICY
    }
    #[allow(dead_code)]
    #[doc(hidden)]
    #[allow(clippy::needless_pass_by_value, clippy::too_many_arguments)]
    fn __price_recompute(&self, begun: ::ctu::__private::Begun, article: &str, log: Log) -> u64 {
        let key = Self::__price_site()
            .prefix()
            .and_then(|prefix| ::ctu::__private::json_text(prefix, &::ctu::__private::Args((article,))));
        let store = &self.cache;
        ::ctu::__private::recompute::<::ctu::__private::Whole, _, _, _>(
            begun,
            store,
            key,
            ::ctu::__private::ShareNothing,
            Self::__price_policy(),
            |value: &u64| {
                let _ = value;
                ::core::option::Option::Some(
                    Self::__price_policy()
                        .lifetime(::ctu::__private::Ttl::After(::ctu::__private::Duration::from_millis(3600000u64))),
                )
            },
            || Self::price_uncached(self, article, ::ctu::__private::own::<Log, _>(&log)),
        )
    }
    #[allow(dead_code)]
    #[doc = "Whether a call with these arguments would be a hit.\n\n# Errors\n\nWhen the cache fails."]
    #[allow(clippy::needless_pass_by_value)]
    fn price_in_cache(&self, article: &str) -> ::ctu::__private::Result<bool> {
        let key = Self::__price_site()
            .prefix()
            .and_then(|prefix| ::ctu::__private::json_text(prefix, &::ctu::__private::Args((article,))));
        let store = &self.cache;
        ::ctu::__private::in_cache_with::<u64, _, _>(Self::__price_site(), store, key, Self::__price_policy())
    }
    #[allow(dead_code)]
    #[doc = "Forgets the result of a call with these arguments, and tells whether it was there.\n\n# Errors\n\nWhen the cache fails: the result may still be there."]
    #[allow(clippy::needless_pass_by_value)]
    fn price_evict(&self, article: &str) -> ::ctu::__private::Result<bool> {
        let key = Self::__price_site()
            .prefix()
            .and_then(|prefix| ::ctu::__private::json_text(prefix, &::ctu::__private::Args((article,))));
        let store = &self.cache;
        ::ctu::__private::evict::<u64, _, _>(Self::__price_site(), store, key)
    }
    #[allow(dead_code)]
    #[doc = "The cached value of a call with these arguments, never computed.\n\n# Errors\n\nWhen the cache fails."]
    #[allow(clippy::needless_pass_by_value)]
    fn price_peek(&self, article: &str) -> ::ctu::__private::Result<::core::option::Option<u64>> {
        let key = Self::__price_site()
            .prefix()
            .and_then(|prefix| ::ctu::__private::json_text(prefix, &::ctu::__private::Args((article,))));
        let store = &self.cache;
        ::ctu::__private::peek_with::<u64, _, _>(store, key, Self::__price_policy())
    }
    #[allow(dead_code)]
    #[doc = "Stores a value as that of a call with these arguments.\n\n# Errors\n\nWhen the cache fails, or the arguments or the value have no exact form in it."]
    #[allow(clippy::needless_pass_by_value)]
    fn price_prime(&self, article: &str, value: &u64) -> ::ctu::__private::Result<()> {
        let key = Self::__price_site()
            .prefix()
            .and_then(|prefix| ::ctu::__private::json_text(prefix, &::ctu::__private::Args((article,))));
        let store = &self.cache;
        ::ctu::__private::prime::<u64, _, _>(
            Self::__price_site(),
            store,
            key,
            |value: &u64| {
                let _ = value;
                ::core::option::Option::Some(
                    Self::__price_policy()
                        .lifetime(::ctu::__private::Ttl::After(::ctu::__private::Duration::from_millis(3600000u64))),
                )
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
    fn price_key(&self, article: &str) -> ::ctu::__private::Result<::ctu::__private::String> {
        Self::__price_site()
            .prefix()
            .and_then(|prefix| ::ctu::__private::json_text(prefix, &::ctu::__private::Args((article,))))
            .map(::ctu::__private::Text::into_string)
    }
    #[allow(dead_code)]
    #[doc = r" Computes the result of a call with these arguments anew, stores it over what is cached, and returns it."]
    #[allow(clippy::missing_errors_doc, clippy::must_use_candidate, clippy::needless_pass_by_value)]
    fn price_refresh(&self, article: &str, log: Log) -> u64 {
        let key = Self::__price_site()
            .prefix()
            .and_then(|prefix| ::ctu::__private::json_text(prefix, &::ctu::__private::Args((article,))));
        let store = &self.cache;
        ::ctu::__private::refresh::<::ctu::__private::Whole, _, _, _>(
            Self::__price_site(),
            store,
            key,
            {
                #[allow(unused_imports)]
                use ::ctu::__private::{SharesAll as _, SharesNothing as _, SharesValue as _};
                (&&&::ctu::__private::Sharing::<::ctu::__private::Whole, u64>::new()).share()
            },
            |value: &u64| {
                let _ = value;
                ::core::option::Option::Some(
                    Self::__price_policy()
                        .lifetime(::ctu::__private::Ttl::After(::ctu::__private::Duration::from_millis(3600000u64))),
                )
            },
            || Self::price_uncached(self, article, ::ctu::__private::own::<Log, _>(&log)),
        )
    }
    #[allow(dead_code)]
    #[doc = r" What was counted of the function's calls."]
    #[must_use]
    fn price_stats() -> ::ctu::__private::Stats {
        #[allow(unused_mut)]
        let mut stats = Self::__price_site().stats();
        stats
    }
    #[allow(dead_code)]
    #[doc = "The original [`price`](Self::price), without the cache."]
    #[doc = ""]
    fn price_uncached(&self, article: &str, log: Log) -> u64 {
        self.ask(article, log)
    }
}
