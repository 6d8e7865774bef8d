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
        ::ctu::__private::At::call_with(
            Self::__price_at(self, article),
            (self, article, &log),
            |(this, article, log)| Self::price_uncached(this, article, ::ctu::__private::own::<Log, _>(log)),
            (Self::__price_policy(), ::core::option::Option::None),
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
        )
    }
}
#[allow(
    dead_code,
    clippy::needless_pass_by_value,
    clippy::too_many_arguments,
    clippy::missing_errors_doc,
    clippy::must_use_candidate
)]
impl Shop {
    #[doc(hidden)]
    #[allow(unused_qualifications)]
    #[inline]
    fn __price_policy() -> &'static ::ctu::__private::Policy {
        const POLICY: ::ctu::__private::Policy = ::ctu::__private::Policy {
            stale: ::core::option::Option::Some(::ctu::__private::Duration::from_millis(86400000u64)),
            stale_on: ::ctu::__private::StaleOn::Expiry,
            jitter: 0.1f64,
            ..::ctu::__private::Policy::PLAIN
        };
        &POLICY
    }
    #[doc(hidden)]
    #[allow(unused_qualifications)]
    #[inline]
    fn __price_recompute(&self, begun: ::ctu::__private::Begun, article: &str, log: Log) -> u64 {
        ::ctu::__private::At::recompute_alone(
            Self::__price_at(self, article),
            (self, article, &log),
            |(this, article, log)| Self::price_uncached(this, article, ::ctu::__private::own::<Log, _>(log)),
            begun,
            Self::__price_policy(),
        )
    }
    #[doc(hidden)]
    #[allow(unused_qualifications)]
    #[inline]
    fn __price_site() -> &'static ::ctu::__private::Site {
        static SITE: ::ctu::__private::SiteCell = ::ctu::__private::SiteCell::new(::ctu::__private::About::at(
            ::core::concat!(::core::module_path!(), "::Shop::price#131fb794."),
        ));
        &SITE
    }
    #[doc(hidden)]
    #[allow(unused_braces, unused_parens, unused_qualifications, clippy::all, clippy::pedantic)]
    #[inline]
    fn __price_at<'ctu_self, 'ctu_0>(
        &'ctu_self self,
        article: &'ctu_0 str,
    ) -> impl ::ctu::__private::At<Value = u64, Returned = u64, Key = ::std::string::String> + use<'ctu_self, 'ctu_0>
    {
        let site = Self::__price_site();
        let key =
            site.prefix().and_then(|prefix| ::ctu::__private::json_text(prefix, &::ctu::__private::Args((article,))));
        let __ctu_store = ::ctu::__private::Borrowed(&self.cache);
        ::ctu::__private::called::<::ctu::__private::Whole, u64, ::ctu::__private::Text, _, _, _>(
            site,
            __ctu_store,
            key,
            {
                #[allow(unused_imports)]
                use ::ctu::__private::{SharesAll as _, SharesNothing as _, SharesValue as _};
                (&&&::ctu::__private::Sharing::<::ctu::__private::Whole, u64>::new()).share()
            },
            ::ctu::__private::asked::<u64, _>(move |value: &u64| {
                let _ = value;
                ::core::option::Option::Some(
                    Self::__price_policy()
                        .lifetime(::ctu::__private::Ttl::After(::ctu::__private::Duration::from_millis(3600000u64))),
                )
            }),
        )
    }
    #[doc = "Whether a call with these arguments would be a hit.\n\n# Errors\n\nWhen the cache fails."]
    #[inline]
    fn price_in_cache(&self, article: &str) -> ::ctu::Result<bool> {
        ::ctu::__private::At::in_cache_with(Self::__price_at(self, article), Self::__price_policy())
    }
    #[doc = "Forgets the result of a call with these arguments, and tells whether it was there.\n\n# Errors\n\nWhen the cache fails: the result may still be there."]
    #[inline]
    fn price_evict(&self, article: &str) -> ::ctu::Result<bool> {
        ::ctu::__private::At::evict(Self::__price_at(self, article))
    }
    #[doc = "The cached value of a call with these arguments, never computed.\n\n# Errors\n\nWhen the cache fails."]
    #[inline]
    fn price_peek(&self, article: &str) -> ::ctu::Result<::core::option::Option<u64>> {
        ::ctu::__private::At::peek_with(Self::__price_at(self, article), Self::__price_policy())
    }
    #[doc = "Stores a value as that of a call with these arguments.\n\n# Errors\n\nWhen the cache fails, or the arguments or the value have no exact form in it."]
    #[inline]
    fn price_prime(&self, article: &str, value: &u64) -> ::ctu::Result<()> {
        ::ctu::__private::At::prime(Self::__price_at(self, article), value)
    }
    #[doc = "The key under which the result of a call with these arguments is stored.\n\n# Errors\n\nWhen the arguments have no exact form in the key's format."]
    #[allow(unused_qualifications)]
    #[inline]
    fn price_key(&self, article: &str) -> ::ctu::Result<::std::string::String> {
        ::ctu::__private::At::key(Self::__price_at(self, article))
    }
    #[doc = "Computes the result of a call with these arguments anew, stores it over what is cached, and returns it."]
    #[inline]
    fn price_refresh(&self, article: &str, log: Log) -> u64 {
        ::ctu::__private::At::refresh(Self::__price_at(self, article), (self, article, &log), |(this, article, log)| {
            Self::price_uncached(this, article, ::ctu::__private::own::<Log, _>(log))
        })
    }
    #[doc = "What was counted of the function's calls."]
    #[must_use]
    #[inline]
    fn price_stats() -> ::ctu::__private::Stats {
        Self::__price_site().stats()
    }
}
#[allow(dead_code)]
impl Shop {
    #[doc = "The original [`price`](Self::price), without the cache."]
    #[doc = ""]
    fn price_uncached(&self, article: &str, log: Log) -> u64 {
        self.ask(article, log)
    }
}
