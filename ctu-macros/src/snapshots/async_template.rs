// The expansion of
// #[cached(cache = CACHE, key = "visits:{user}", prefix = "", skip(db), cache_if = |visits| *visits > 0)]
// async fn visits(db: &Database, user: u64) -> Result<u64, Error> {
//     db.visits(user).await
// }

async fn visits(db: &Database, user: u64) -> Result<u64, Error> {
    let key = visits::__site()
        .prefix()
        .and_then(|prefix| ::ctu::__private::Template::new(prefix).literal("visits:").last(&user).finish());
    let store = &CACHE;
    ::ctu::__private::call_async::<::ctu::__private::OkOnly, _, _, _>(
        visits::__site(),
        store,
        key,
        {
            #[allow(unused_imports)]
            use ::ctu::__private::{SharesAll as _, SharesNothing as _, SharesValue as _};
            (&&&::ctu::__private::Sharing::<::ctu::__private::OkOnly, Result<u64, Error>>::new()).share()
        },
        |value: &u64| {
            if (|visits: &u64| *visits > 0)(value) {
                ::core::option::Option::Some(::ctu::__private::Ttl::Default)
            } else {
                ::core::option::Option::None
            }
        },
        async { visits::uncached(db, user).await },
    )
    .await
}
#[doc = "What is cached of [`visits`](fn@visits): asked for, evicted, primed, counted, call by call."]
#[allow(non_camel_case_types, dead_code, missing_debug_implementations)]
struct visits {}
#[allow(dead_code)]
impl visits {
    #[doc(hidden)]
    fn __site() -> &'static ::ctu::__private::Site {
        static SITE: ::ctu::__private::Site = ::ctu::__private::Site::new("");
        &SITE
    }
    #[doc = "Whether a call with these arguments would be a hit.\n\n# Errors\n\nWhen the cache fails."]
    #[allow(clippy::needless_pass_by_value)]
    async fn in_cache(user: u64) -> ::ctu::__private::Result<bool> {
        let key = visits::__site()
            .prefix()
            .and_then(|prefix| ::ctu::__private::Template::new(prefix).literal("visits:").last(&user).finish());
        let store = &CACHE;
        ::ctu::__private::in_cache_async::<u64, _, _>(visits::__site(), store, key).await
    }
    #[doc = "Forgets the result of a call with these arguments, and tells whether it was there.\n\n# Errors\n\nWhen the cache fails: the result may still be there."]
    #[allow(clippy::needless_pass_by_value)]
    async fn evict(user: u64) -> ::ctu::__private::Result<bool> {
        let key = visits::__site()
            .prefix()
            .and_then(|prefix| ::ctu::__private::Template::new(prefix).literal("visits:").last(&user).finish());
        let store = &CACHE;
        ::ctu::__private::evict_async::<u64, _, _>(visits::__site(), store, key).await
    }
    #[doc = "The cached value of a call with these arguments, never computed.\n\n# Errors\n\nWhen the cache fails."]
    #[allow(clippy::needless_pass_by_value)]
    async fn peek(user: u64) -> ::ctu::__private::Result<::core::option::Option<u64>> {
        let key = visits::__site()
            .prefix()
            .and_then(|prefix| ::ctu::__private::Template::new(prefix).literal("visits:").last(&user).finish());
        let store = &CACHE;
        ::ctu::__private::peek_async::<u64, _, _>(store, key).await
    }
    #[doc = "Stores a value as that of a call with these arguments.\n\n# Errors\n\nWhen the cache fails, or the arguments or the value have no exact form in it."]
    #[allow(clippy::needless_pass_by_value)]
    async fn prime(user: u64, value: &u64) -> ::ctu::__private::Result<()> {
        let key = visits::__site()
            .prefix()
            .and_then(|prefix| ::ctu::__private::Template::new(prefix).literal("visits:").last(&user).finish());
        let store = &CACHE;
        ::ctu::__private::prime_async::<u64, _, _>(
            visits::__site(),
            store,
            key,
            |value: &u64| {
                if (|visits: &u64| *visits > 0)(value) {
                    ::core::option::Option::Some(::ctu::__private::Ttl::Default)
                } else {
                    ::core::option::Option::None
                }
            },
            value,
        )
        .await
    }
    #[doc = r" The key under which the result of a call with these arguments is stored."]
    #[doc = r""]
    #[doc = r" # Errors"]
    #[doc = r""]
    #[doc = r" When the arguments have no exact form in the key's format."]
    #[allow(clippy::needless_pass_by_value)]
    fn key(user: u64) -> ::ctu::__private::Result<::ctu::__private::String> {
        visits::__site()
            .prefix()
            .and_then(|prefix| ::ctu::__private::Template::new(prefix).literal("visits:").last(&user).finish())
            .map(::ctu::__private::Text::into_string)
    }
    #[doc = r" Computes the result of a call with these arguments anew, stores it over what is cached, and returns it."]
    #[allow(clippy::missing_errors_doc, clippy::must_use_candidate, clippy::needless_pass_by_value)]
    async fn refresh(db: &Database, user: u64) -> Result<u64, Error> {
        let key = visits::__site()
            .prefix()
            .and_then(|prefix| ::ctu::__private::Template::new(prefix).literal("visits:").last(&user).finish());
        let store = &CACHE;
        ::ctu::__private::refresh_async::<::ctu::__private::OkOnly, _, _, _>(
            visits::__site(),
            store,
            key,
            {
                #[allow(unused_imports)]
                use ::ctu::__private::{SharesAll as _, SharesNothing as _, SharesValue as _};
                (&&&::ctu::__private::Sharing::<::ctu::__private::OkOnly, Result<u64, Error>>::new()).share()
            },
            |value: &u64| {
                if (|visits: &u64| *visits > 0)(value) {
                    ::core::option::Option::Some(::ctu::__private::Ttl::Default)
                } else {
                    ::core::option::Option::None
                }
            },
            async { visits::uncached(db, user).await },
        )
        .await
    }
    #[doc = r" What was counted of the function's calls."]
    #[must_use]
    fn stats() -> ::ctu::__private::Stats {
        #[allow(unused_mut)]
        let mut stats = visits::__site().stats();
        stats
    }
    #[doc = "The original [`visits`](fn@visits), without the cache."]
    #[doc = ""]
    async fn uncached(db: &Database, user: u64) -> Result<u64, Error> {
        db.visits(user).await
    }
}
