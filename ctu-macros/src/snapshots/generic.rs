// The expansion of
// #[cached]
// fn size<T: 'static, const N: usize>(n: usize) -> usize {
//     n * N * size_of::<T>()
// }

fn size<T: 'static, const N: usize>(n: usize) -> usize {
    ::ctu::__private::At::call(size::__at::<T, N>(&n), (&n,), |(n,)| {
        size::uncached::<T, N>(::core::clone::Clone::clone(n))
    })
}
#[doc = "What is cached of [`size`](fn@size): asked for, evicted, primed, counted, call by call."]
#[allow(non_camel_case_types, dead_code, missing_debug_implementations)]
struct size {}
#[allow(
    dead_code,
    clippy::needless_pass_by_value,
    clippy::too_many_arguments,
    clippy::missing_errors_doc,
    clippy::must_use_candidate
)]
impl size {
    #[doc(hidden)]
    #[allow(unused_qualifications)]
    #[inline]
    fn __site() -> &'static ::ctu::__private::Own<::ctu::__private::SharedMemory> {
        static SITE: ::ctu::__private::Own<::ctu::__private::SharedMemory> = ::ctu::__private::Own::new(
            ::ctu::__private::About::of(::core::any::type_name::<size>, "#881c3172."),
            10000usize,
        );
        &SITE
    }
    #[doc(hidden)]
    #[allow(unused_braces, unused_parens, unused_qualifications, clippy::all, clippy::pedantic)]
    #[inline]
    fn __at<T: 'static, const N: usize>(n: &usize) -> impl ::ctu::__private::At<Value = usize, Returned = usize> {
        ::ctu::__private::values::<usize, _>().called::<::ctu::__private::Whole, usize, _, _, _, _>(
            size::__site(),
            ::core::result::Result::Ok(::ctu::__private::Scoped::of_types::<(
                ::ctu::__private::PhantomData<T>,
                ::ctu::__private::ConstUsize<N>,
            )>(size::__site().name(), ::ctu::__private::Args((n,)))),
            ::ctu::__private::ShareAll,
            ::ctu::__private::Lasts(::ctu::__private::Ttl::Default),
        )
    }
    #[doc = "Whether a call with these arguments would be a hit.\n\n# Errors\n\nWhen the cache fails."]
    #[inline]
    fn in_cache<T: 'static, const N: usize>(n: usize) -> ::ctu::Result<bool> {
        ::ctu::__private::At::in_cache(size::__at::<T, N>(&n))
    }
    #[doc = "Forgets the result of a call with these arguments, and tells whether it was there.\n\n# Errors\n\nWhen the cache fails: the result may still be there."]
    #[inline]
    fn evict<T: 'static, const N: usize>(n: usize) -> ::ctu::Result<bool> {
        ::ctu::__private::At::evict(size::__at::<T, N>(&n))
    }
    #[doc = "The cached value of a call with these arguments, never computed.\n\n# Errors\n\nWhen the cache fails."]
    #[inline]
    fn peek<T: 'static, const N: usize>(n: usize) -> ::ctu::Result<::core::option::Option<usize>> {
        ::ctu::__private::At::peek(size::__at::<T, N>(&n))
    }
    #[doc = "Stores a value as that of a call with these arguments.\n\n# Errors\n\nWhen the cache fails, or the arguments or the value have no exact form in it."]
    #[inline]
    fn prime<T: 'static, const N: usize>(n: usize, value: &usize) -> ::ctu::Result<()> {
        ::ctu::__private::At::prime(size::__at::<T, N>(&n), value)
    }
    #[doc = "Computes the result of a call with these arguments anew, stores it over what is cached, and returns it."]
    #[inline]
    fn refresh<T: 'static, const N: usize>(n: usize) -> usize {
        ::ctu::__private::At::refresh(size::__at::<T, N>(&n), (&n,), |(n,)| {
            size::uncached::<T, N>(::core::clone::Clone::clone(n))
        })
    }
    #[doc = "Forgets the results of all calls.\n\n# Errors\n\nWhen an older result is still being stored after ten seconds: it is removed as soon as it is."]
    #[inline]
    fn clear() -> ::ctu::Result<()> {
        size::__site().clear()
    }
    #[doc = "What was counted of the function's calls."]
    #[must_use]
    #[inline]
    fn stats() -> ::ctu::__private::Stats {
        size::__site().stats()
    }
}
#[allow(dead_code)]
impl size {
    #[doc = "The original [`size`](fn@size), without the cache."]
    #[doc = ""]
    fn uncached<T: 'static, const N: usize>(n: usize) -> usize {
        n * N * size_of::<T>()
    }
}
