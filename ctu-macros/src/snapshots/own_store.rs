// The expansion of
// /// Repeats a text.
// #[cached(capacity = 100, ttl = "10m")]
// pub fn repeat(s: &str, n: usize) -> String {
//     s.repeat(n)
// }

#[doc = " Repeats a text."]
pub fn repeat(s: &str, n: usize) -> String {
    let key = ::core::result::Result::Ok(::ctu::__private::Args((s, &n)));
    let store = repeat::__store();
    ::ctu::__private::call::<::ctu::__private::Whole, _, _, _>(
        repeat::__site(),
        store,
        key,
        {
            #[allow(unused_imports)]
            use ::ctu::__private::{SharesAll as _, SharesNothing as _, SharesValue as _};
            (&&&::ctu::__private::Sharing::<::ctu::__private::Whole, String>::new()).share()
        },
        |value: &String| {
            let _ = value;
            ::core::option::Option::Some(::ctu::__private::Ttl::After(::ctu::__private::Duration::from_millis(
                600000u64,
            )))
        },
        || repeat::uncached(s, ::core::clone::Clone::clone(&n)),
    )
}
#[doc = "What is cached of [`repeat`](fn@repeat): asked for, evicted, primed, counted, call by call."]
#[allow(non_camel_case_types, dead_code, missing_debug_implementations)]
pub struct repeat {}
#[allow(dead_code)]
impl repeat {
    #[doc(hidden)]
    fn __site() -> &'static ::ctu::__private::Site {
        static SITE: ::ctu::__private::Site =
            ::ctu::__private::Site::new("#85ca286f.").of(::core::any::type_name::<repeat>).named_by_path();
        &SITE
    }
    #[doc(hidden)]
    fn __store() -> &'static (
                 impl for<'k0, 'k1> ::ctu::__private::Cache<::ctu::__private::Args<(&'k0 str, &'k1 usize)>, String>
                 + ::ctu::__private::Store
             ) {
        ::ctu::__private::check_key::<str>();
        ::ctu::__private::check_key::<usize>();
        ::ctu::__private::check_value::<String>();
        {
            #[allow(unused_imports)]
            use ::ctu::__private::{IsPlain as _, IsResult as _};
            ::ctu::__private::check_plain(&(&::ctu::__private::Returned::<String>::new()).kind());
        }
        static STORE: ::ctu::__private::LazyLock<
            ::ctu::__private::MemoryCache<
                (<str as ::ctu::__private::ToOwned>::Owned, <usize as ::ctu::__private::ToOwned>::Owned),
                String,
            >,
        > = ::ctu::__private::LazyLock::new(|| {
            ::ctu::__private::MemoryCache::builder().capacity(100).stats(false).private().build()
        });
        &STORE
    }
    #[doc = "Whether a call with these arguments would be a hit.\n\n# Errors\n\nWhen the cache fails."]
    #[allow(clippy::needless_pass_by_value)]
    pub fn in_cache(s: &str, n: usize) -> ::ctu::__private::Result<bool> {
        let key = ::core::result::Result::Ok(::ctu::__private::Args((s, &n)));
        let store = repeat::__store();
        ::ctu::__private::in_cache::<String, _, _>(repeat::__site(), store, key)
    }
    #[doc = "Forgets the result of a call with these arguments, and tells whether it was there.\n\n# Errors\n\nWhen the cache fails: the result may still be there."]
    #[allow(clippy::needless_pass_by_value)]
    pub fn evict(s: &str, n: usize) -> ::ctu::__private::Result<bool> {
        let key = ::core::result::Result::Ok(::ctu::__private::Args((s, &n)));
        let store = repeat::__store();
        ::ctu::__private::evict::<String, _, _>(repeat::__site(), store, key)
    }
    #[doc = "The cached value of a call with these arguments, never computed.\n\n# Errors\n\nWhen the cache fails."]
    #[allow(clippy::needless_pass_by_value)]
    pub fn peek(s: &str, n: usize) -> ::ctu::__private::Result<::core::option::Option<String>> {
        let key = ::core::result::Result::Ok(::ctu::__private::Args((s, &n)));
        let store = repeat::__store();
        ::ctu::__private::peek::<String, _, _>(store, key)
    }
    #[doc = "Stores a value as that of a call with these arguments.\n\n# Errors\n\nWhen the cache fails, or the arguments or the value have no exact form in it."]
    #[allow(clippy::needless_pass_by_value)]
    pub fn prime(s: &str, n: usize, value: &String) -> ::ctu::__private::Result<()> {
        let key = ::core::result::Result::Ok(::ctu::__private::Args((s, &n)));
        let store = repeat::__store();
        ::ctu::__private::prime::<String, _, _>(
            repeat::__site(),
            store,
            key,
            |value: &String| {
                let _ = value;
                ::core::option::Option::Some(::ctu::__private::Ttl::After(::ctu::__private::Duration::from_millis(
                    600000u64,
                )))
            },
            value,
        )
    }
    #[doc = r" The key under which the result of a call with these arguments is stored."]
    #[doc = r""]
    #[doc = r" # Errors"]
    #[doc = r""]
    #[doc = r" When the arguments have no exact form in the key's format."]
    #[allow(clippy::needless_pass_by_value)]
    pub fn key(
        s: &str,
        n: usize,
    ) -> ::ctu::__private::Result<(
        <str as ::ctu::__private::ToOwned>::Owned,
        <usize as ::ctu::__private::ToOwned>::Owned,
    )> {
        ::core::result::Result::Ok(::ctu::__private::Args((s, &n))).map(|key| ::ctu::__private::CacheKey::to_key(&key))
    }
    #[doc = r" Computes the result of a call with these arguments anew, stores it over what is cached, and returns it."]
    #[allow(clippy::missing_errors_doc, clippy::must_use_candidate, clippy::needless_pass_by_value)]
    pub fn refresh(s: &str, n: usize) -> String {
        let key = ::core::result::Result::Ok(::ctu::__private::Args((s, &n)));
        let store = repeat::__store();
        ::ctu::__private::refresh::<::ctu::__private::Whole, _, _, _>(
            repeat::__site(),
            store,
            key,
            {
                #[allow(unused_imports)]
                use ::ctu::__private::{SharesAll as _, SharesNothing as _, SharesValue as _};
                (&&&::ctu::__private::Sharing::<::ctu::__private::Whole, String>::new()).share()
            },
            |value: &String| {
                let _ = value;
                ::core::option::Option::Some(::ctu::__private::Ttl::After(::ctu::__private::Duration::from_millis(
                    600000u64,
                )))
            },
            || repeat::uncached(s, ::core::clone::Clone::clone(&n)),
        )
    }
    #[doc = r" What was counted of the function's calls."]
    #[must_use]
    pub fn stats() -> ::ctu::__private::Stats {
        #[allow(unused_mut)]
        let mut stats = repeat::__site().stats();
        stats.entries = ::ctu::__private::Store::len(repeat::__store()).ok().map(|entries| entries as u64);
        stats
    }
    #[doc = "The original [`repeat`](fn@repeat), without the cache."]
    #[doc = ""]
    #[doc = " Repeats a text."]
    pub fn uncached(s: &str, n: usize) -> String {
        s.repeat(n)
    }
}
