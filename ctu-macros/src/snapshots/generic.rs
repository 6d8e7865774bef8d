// The expansion of
// #[cached]
// fn size<T: 'static, const N: usize>(n: usize) -> usize {
//     n * N * size_of::<T>()
// }

fn size<T: 'static, const N: usize>(n: usize) -> usize {
    ::ctu::__private::check_key::<usize>();
    ::ctu::__private::check_value::<usize>();
    {
        #[allow(unused_imports)]
        use ::ctu::__private::{IsPlain as _, IsResult as _};
        ::ctu::__private::check_plain(&(&::ctu::__private::Returned::<usize>::new()).kind());
    }
    let key = ::core::result::Result::Ok(::ctu::__private::Scoped::of_types::<(
        ::ctu::__private::PhantomData<T>,
        [(); N],
    )>(size::__site().name(), ::ctu::__private::Args((&n,))));
    let store = size::__store();
    ::ctu::__private::call::<::ctu::__private::Whole, _, _, _>(
        size::__site(),
        store,
        key,
        {
            #[allow(unused_imports)]
            use ::ctu::__private::{SharesAll as _, SharesNothing as _, SharesValue as _};
            (&&&::ctu::__private::Sharing::<::ctu::__private::Whole, usize>::new()).share()
        },
        |value: &usize| {
            let _ = value;
            ::core::option::Option::Some(::ctu::__private::Ttl::Default)
        },
        || size::uncached::<T, N>(::core::clone::Clone::clone(&n)),
    )
}
#[doc = "What is cached of [`size`](fn@size): asked for, evicted, primed, counted, call by call."]
#[allow(non_camel_case_types, dead_code, missing_debug_implementations)]
struct size {}
#[allow(dead_code)]
impl size {
    #[doc(hidden)]
    fn __site() -> &'static ::ctu::__private::Site {
        static SITE: ::ctu::__private::Site =
            ::ctu::__private::Site::new("#881c3172.").of(::core::any::type_name::<size>).named_by_path();
        &SITE
    }
    #[doc(hidden)]
    fn __store() -> &'static ::ctu::__private::SharedMemory {
        static STORE: ::ctu::__private::LazyLock<::ctu::__private::SharedMemory> =
            ::ctu::__private::LazyLock::new(|| {
                ::ctu::__private::SharedMemory::builder().capacity(10000usize).stats(false).private().build()
            });
        &STORE
    }
    #[doc = "Whether a call with these arguments would be a hit.\n\n# Errors\n\nWhen the cache fails."]
    #[allow(clippy::needless_pass_by_value)]
    fn in_cache<T: 'static, const N: usize>(n: usize) -> ::ctu::__private::Result<bool> {
        let key = ::core::result::Result::Ok(::ctu::__private::Scoped::of_types::<(
            ::ctu::__private::PhantomData<T>,
            [(); N],
        )>(size::__site().name(), ::ctu::__private::Args((&n,))));
        let store = size::__store();
        ::ctu::__private::in_cache::<usize, _, _>(size::__site(), store, key)
    }
    #[doc = "Forgets the result of a call with these arguments, and tells whether it was there.\n\n# Errors\n\nWhen the cache fails: the result may still be there."]
    #[allow(clippy::needless_pass_by_value)]
    fn evict<T: 'static, const N: usize>(n: usize) -> ::ctu::__private::Result<bool> {
        let key = ::core::result::Result::Ok(::ctu::__private::Scoped::of_types::<(
            ::ctu::__private::PhantomData<T>,
            [(); N],
        )>(size::__site().name(), ::ctu::__private::Args((&n,))));
        let store = size::__store();
        ::ctu::__private::evict::<usize, _, _>(size::__site(), store, key)
    }
    #[doc = "The cached value of a call with these arguments, never computed.\n\n# Errors\n\nWhen the cache fails."]
    #[allow(clippy::needless_pass_by_value)]
    fn peek<T: 'static, const N: usize>(n: usize) -> ::ctu::__private::Result<::core::option::Option<usize>> {
        let key = ::core::result::Result::Ok(::ctu::__private::Scoped::of_types::<(
            ::ctu::__private::PhantomData<T>,
            [(); N],
        )>(size::__site().name(), ::ctu::__private::Args((&n,))));
        let store = size::__store();
        ::ctu::__private::peek::<usize, _, _>(store, key)
    }
    #[doc = "Stores a value as that of a call with these arguments.\n\n# Errors\n\nWhen the cache fails, or the arguments or the value have no exact form in it."]
    #[allow(clippy::needless_pass_by_value)]
    fn prime<T: 'static, const N: usize>(n: usize, value: &usize) -> ::ctu::__private::Result<()> {
        let key = ::core::result::Result::Ok(::ctu::__private::Scoped::of_types::<(
            ::ctu::__private::PhantomData<T>,
            [(); N],
        )>(size::__site().name(), ::ctu::__private::Args((&n,))));
        let store = size::__store();
        ::ctu::__private::prime::<usize, _, _>(
            size::__site(),
            store,
            key,
            |value: &usize| {
                let _ = value;
                ::core::option::Option::Some(::ctu::__private::Ttl::Default)
            },
            value,
        )
    }
    #[doc = r" Computes the result of a call with these arguments anew, stores it over what is cached, and returns it."]
    #[allow(clippy::missing_errors_doc, clippy::must_use_candidate, clippy::needless_pass_by_value)]
    fn refresh<T: 'static, const N: usize>(n: usize) -> usize {
        let key = ::core::result::Result::Ok(::ctu::__private::Scoped::of_types::<(
            ::ctu::__private::PhantomData<T>,
            [(); N],
        )>(size::__site().name(), ::ctu::__private::Args((&n,))));
        let store = size::__store();
        ::ctu::__private::refresh::<::ctu::__private::Whole, _, _, _>(
            size::__site(),
            store,
            key,
            {
                #[allow(unused_imports)]
                use ::ctu::__private::{SharesAll as _, SharesNothing as _, SharesValue as _};
                (&&&::ctu::__private::Sharing::<::ctu::__private::Whole, usize>::new()).share()
            },
            |value: &usize| {
                let _ = value;
                ::core::option::Option::Some(::ctu::__private::Ttl::Default)
            },
            || size::uncached::<T, N>(::core::clone::Clone::clone(&n)),
        )
    }
    #[doc = r" What was counted of the function's calls."]
    #[must_use]
    fn stats() -> ::ctu::__private::Stats {
        #[allow(unused_mut)]
        let mut stats = size::__site().stats();
        stats.entries = ::ctu::__private::Store::len(size::__store()).ok().map(|entries| entries as u64);
        stats
    }
    #[doc = "The original [`size`](fn@size), without the cache."]
    #[doc = ""]
    fn uncached<T: 'static, const N: usize>(n: usize) -> usize {
        n * N * size_of::<T>()
    }
}
