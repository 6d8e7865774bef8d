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
        ::ctu::__private::At::call(Self::__price_at(self, article), (self, article), |(this, article)| {
            Self::price_uncached(this, article)
        })
    }
    fn untouched(&mut self) {}
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
    fn __price_site() -> &'static ::ctu::__private::Site {
        static SITE: ::ctu::__private::SiteCell = ::ctu::__private::SiteCell::new(::ctu::__private::About::at(
            ::core::concat!(::core::module_path!(), "::Shop::price#7b2297a8."),
        ));
        &SITE
    }
    #[doc(hidden)]
    #[allow(unused_braces, unused_parens, unused_qualifications, clippy::all, clippy::pedantic)]
    #[inline]
    fn __price_at<'ctu_self, 'ctu_0>(
        &'ctu_self self,
        article: &'ctu_0 str,
    ) -> impl ::ctu::__private::At<Value = u64, Returned = Result<u64, Error>, Key = ::std::string::String>
    + use<'ctu_self, 'ctu_0> {
        let site = Self::__price_site();
        let key = site.prefix().and_then(|prefix| {
            ::ctu::__private::json_text(
                prefix,
                &::ctu::__private::Args((::ctu::__private::json_part(&(self.id)), article)),
            )
        });
        let __ctu_store = ::ctu::__private::Borrowed(&CACHE);
        ::ctu::__private::called::<::ctu::__private::OkOnly, Result<u64, Error>, ::ctu::__private::Text, _, _, _>(
            site,
            __ctu_store,
            key,
            {
                #[allow(unused_imports)]
                use ::ctu::__private::{SharesAll as _, SharesNothing as _, SharesValue as _};
                (&&&::ctu::__private::Sharing::<::ctu::__private::OkOnly, Result<u64, Error>>::new()).share()
            },
            ::ctu::__private::Lasts(::ctu::__private::Ttl::Default),
        )
    }
    #[doc = "Whether a call with these arguments would be a hit.\n\n# Errors\n\nWhen the cache fails."]
    #[inline]
    pub fn price_in_cache(&self, article: &str) -> ::ctu::Result<bool> {
        ::ctu::__private::At::in_cache(Self::__price_at(self, article))
    }
    #[doc = "Forgets the result of a call with these arguments, and tells whether it was there.\n\n# Errors\n\nWhen the cache fails: the result may still be there."]
    #[inline]
    pub fn price_evict(&self, article: &str) -> ::ctu::Result<bool> {
        ::ctu::__private::At::evict(Self::__price_at(self, article))
    }
    #[doc = "The cached value of a call with these arguments, never computed.\n\n# Errors\n\nWhen the cache fails."]
    #[inline]
    pub fn price_peek(&self, article: &str) -> ::ctu::Result<::core::option::Option<u64>> {
        ::ctu::__private::At::peek(Self::__price_at(self, article))
    }
    #[doc = "Stores a value as that of a call with these arguments.\n\n# Errors\n\nWhen the cache fails, or the arguments or the value have no exact form in it."]
    #[inline]
    pub fn price_prime(&self, article: &str, value: &u64) -> ::ctu::Result<()> {
        ::ctu::__private::At::prime(Self::__price_at(self, article), value)
    }
    #[doc = "The key under which the result of a call with these arguments is stored.\n\n# Errors\n\nWhen the arguments have no exact form in the key's format."]
    #[allow(unused_qualifications)]
    #[inline]
    pub fn price_key(&self, article: &str) -> ::ctu::Result<::std::string::String> {
        ::ctu::__private::At::key(Self::__price_at(self, article))
    }
    #[doc = "Computes the result of a call with these arguments anew, stores it over what is cached, and returns it."]
    #[inline]
    pub fn price_refresh(&self, article: &str) -> Result<u64, Error> {
        ::ctu::__private::At::refresh(Self::__price_at(self, article), (self, article), |(this, article)| {
            Self::price_uncached(this, article)
        })
    }
    #[doc = "What was counted of the function's calls."]
    #[must_use]
    #[inline]
    pub fn price_stats() -> ::ctu::__private::Stats {
        Self::__price_site().stats()
    }
}
#[allow(dead_code)]
impl Shop {
    #[doc = "The original [`price`](Self::price), without the cache."]
    #[doc = ""]
    pub fn price_uncached(&self, article: &str) -> Result<u64, Error> {
        self.ask(article)
    }
}
