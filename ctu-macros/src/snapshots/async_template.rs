// The expansion of
// #[cached(cache = CACHE, key = "visits:{user}", prefix = "", skip(db), cache_if = |visits| *visits > 0)]
// async fn visits(db: &Database, user: u64) -> Result<u64, Error> {
//     db.visits(user).await
// }

async fn visits(db: &Database, user: u64) -> Result<u64, Error> {
    let open = match ::ctu::__private::call_at(visits::__at(&user)) {
        ::core::result::Result::Ok(value) => return value,
        ::core::result::Result::Err(open) => open,
    };
    ::ctu::__private::finish_at(open, async { visits::uncached(db, user).await }).await
}
#[doc = "What is cached of [`visits`](fn@visits): asked for, evicted, primed, counted, call by call."]
#[allow(non_camel_case_types, dead_code, missing_debug_implementations)]
struct visits {}
#[allow(
    dead_code,
    clippy::needless_pass_by_value,
    clippy::too_many_arguments,
    clippy::missing_errors_doc,
    clippy::must_use_candidate
)]
impl visits {
    #[doc(hidden)]
    #[allow(unused_qualifications)]
    #[inline]
    fn __site() -> &'static ::ctu::__private::Site {
        static SITE: ::ctu::__private::SiteCell =
            ::ctu::__private::SiteCell::new(::ctu::__private::About::prefixed(""));
        &SITE
    }
    #[doc(hidden)]
    #[allow(unused_braces, unused_parens, unused_qualifications, clippy::all, clippy::pedantic)]
    #[inline]
    fn __at(
        user: &u64,
    ) -> impl ::ctu::__private::AsyncAt<Value = u64, Returned = Result<u64, Error>, Public = ::std::string::String> + use<>
    {
        let site = visits::__site();
        let key = site.prefix().and_then(|prefix| {
            ::ctu::__private::Template::new(prefix)
                .literal("visits:")
                .last(::ctu::__private::template_part(user))
                .finish()
        });
        let __ctu_store = ::ctu::__private::Borrowed(&CACHE);
        ::ctu::__private::called_async::<::ctu::__private::OkOnly, Result<u64, Error>, ::ctu::__private::Text, _, _, _>(
            site,
            __ctu_store,
            key,
            {
                #[allow(unused_imports)]
                use ::ctu::__private::{SharesAll as _, SharesNothing as _, SharesValue as _};
                (&&&::ctu::__private::Sharing::<::ctu::__private::OkOnly, Result<u64, Error>>::new()).share()
            },
            ::ctu::__private::asked::<u64, _>(move |value: &u64| {
                let is_stored: bool = (|visits: &u64| *visits > 0)(value);
                if is_stored {
                    ::core::option::Option::Some(::ctu::__private::Ttl::Default)
                } else {
                    ::core::option::Option::None
                }
            }),
        )
    }
    #[doc = "Whether a call with these arguments would be a hit.\n\n# Errors\n\nWhen the cache fails."]
    #[inline]
    async fn in_cache(user: u64) -> ::ctu::Result<bool> {
        ::ctu::__private::in_cache_at(visits::__at(&user)).await
    }
    #[doc = "Forgets the result of a call with these arguments, and tells whether it was there.\n\n# Errors\n\nWhen the cache fails: the result may still be there."]
    #[inline]
    async fn evict(user: u64) -> ::ctu::Result<bool> {
        ::ctu::__private::evict_at(visits::__at(&user)).await
    }
    #[doc = "The cached value of a call with these arguments, never computed.\n\n# Errors\n\nWhen the cache fails."]
    #[inline]
    async fn peek(user: u64) -> ::ctu::Result<::core::option::Option<u64>> {
        ::ctu::__private::peek_at(visits::__at(&user)).await
    }
    #[doc = "Stores a value as that of a call with these arguments.\n\n# Errors\n\nWhen the cache fails, or the arguments or the value have no exact form in it."]
    #[inline]
    async fn prime(user: u64, value: &u64) -> ::ctu::Result<()> {
        ::ctu::__private::prime_at(visits::__at(&user), value).await
    }
    #[doc = "The key under which the result of a call with these arguments is stored.\n\n# Errors\n\nWhen the arguments have no exact form in the key's format."]
    #[allow(unused_qualifications)]
    #[inline]
    fn key(user: u64) -> ::ctu::Result<::std::string::String> {
        ::ctu::__private::key_at(visits::__at(&user))
    }
    #[doc = "Computes the result of a call with these arguments anew, stores it over what is cached, and returns it."]
    #[inline]
    async fn refresh(db: &Database, user: u64) -> Result<u64, Error> {
        ::ctu::__private::refresh_at(visits::__at(&user), async { visits::uncached(db, user).await }).await
    }
    #[doc = "What was counted of the function's calls."]
    #[must_use]
    #[inline]
    fn stats() -> ::ctu::__private::Stats {
        visits::__site().stats()
    }
}
#[allow(dead_code)]
impl visits {
    #[doc = "The original [`visits`](fn@visits), without the cache."]
    #[doc = ""]
    async fn uncached(db: &Database, user: u64) -> Result<u64, Error> {
        db.visits(user).await
    }
}
