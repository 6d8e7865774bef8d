// The expansion of
// /// Repeats a text.
// #[cached(capacity = 100, ttl = "10m")]
// pub fn repeat(s: &str, n: usize) -> String {
//     s.repeat(n)
// }

#[doc = " Repeats a text."]
pub fn repeat(s: &str, n: usize) -> String {
    ::ctu::__private::At::call(repeat::__at(s, &n), (s, &n), |(s, n)| {
        repeat::uncached(s, ::core::clone::Clone::clone(n))
    })
}
#[doc = "What is cached of [`repeat`](fn@repeat): asked for, evicted, primed, counted, call by call."]
#[allow(non_camel_case_types, dead_code, missing_debug_implementations)]
pub struct repeat {}
#[allow(
    dead_code,
    clippy::needless_pass_by_value,
    clippy::too_many_arguments,
    clippy::missing_errors_doc,
    clippy::must_use_candidate
)]
impl repeat {
    #[doc(hidden)]
    #[allow(unused_qualifications)]
    #[inline]
    fn __site() -> &'static ::ctu::__private::Own<
        ::ctu::__private::NearCache<(<str as ::ctu::__private::ToOwned>::Owned, usize), String>,
    > {
        static SITE: ::ctu::__private::Own<
            ::ctu::__private::NearCache<(<str as ::ctu::__private::ToOwned>::Owned, usize), String>,
        > = ::ctu::__private::Own::new(
            ::ctu::__private::About::of(::core::any::type_name::<repeat>, "#85ca286f."),
            100,
        );
        &SITE
    }
    #[doc(hidden)]
    #[allow(unused_braces, unused_parens, unused_qualifications, clippy::all, clippy::pedantic)]
    #[inline]
    fn __at<'ctu_0>(
        s: &'ctu_0 str,
        n: &usize,
    ) -> impl ::ctu::__private::At<Value = String, Returned = String, Key = (::std::string::String, usize)> {
        ::ctu::__private::values::<String, _>().called::<::ctu::__private::Whole, String, _, _, _, _>(
            repeat::__site(),
            ::core::result::Result::Ok(::ctu::__private::Args((s, n))),
            ::ctu::__private::ShareAll,
            ::ctu::__private::Lasts(::ctu::__private::Ttl::After(::ctu::__private::Duration::from_millis(600000u64))),
        )
    }
    #[doc = "Whether a call with these arguments would be a hit.\n\n# Errors\n\nWhen the cache fails."]
    #[inline]
    pub fn in_cache(s: &str, n: usize) -> ::ctu::Result<bool> {
        ::ctu::__private::At::in_cache(repeat::__at(s, &n))
    }
    #[doc = "Forgets the result of a call with these arguments, and tells whether it was there.\n\n# Errors\n\nWhen the cache fails: the result may still be there."]
    #[inline]
    pub fn evict(s: &str, n: usize) -> ::ctu::Result<bool> {
        ::ctu::__private::At::evict(repeat::__at(s, &n))
    }
    #[doc = "The cached value of a call with these arguments, never computed.\n\n# Errors\n\nWhen the cache fails."]
    #[inline]
    pub fn peek(s: &str, n: usize) -> ::ctu::Result<::core::option::Option<String>> {
        ::ctu::__private::At::peek(repeat::__at(s, &n))
    }
    #[doc = "Stores a value as that of a call with these arguments.\n\n# Errors\n\nWhen the cache fails, or the arguments or the value have no exact form in it."]
    #[inline]
    pub fn prime(s: &str, n: usize, value: &String) -> ::ctu::Result<()> {
        ::ctu::__private::At::prime(repeat::__at(s, &n), value)
    }
    #[doc = "The key under which the result of a call with these arguments is stored.\n\n# Errors\n\nWhen the arguments have no exact form in the key's format."]
    #[allow(unused_qualifications)]
    #[inline]
    pub fn key(s: &str, n: usize) -> ::ctu::Result<(::std::string::String, usize)> {
        ::ctu::__private::At::key(repeat::__at(s, &n))
    }
    #[doc = "Computes the result of a call with these arguments anew, stores it over what is cached, and returns it."]
    #[inline]
    pub fn refresh(s: &str, n: usize) -> String {
        ::ctu::__private::At::refresh(repeat::__at(s, &n), (s, &n), |(s, n)| {
            repeat::uncached(s, ::core::clone::Clone::clone(n))
        })
    }
    #[doc = "Forgets the results of all calls.\n\n# Errors\n\nWhen an older result is still being stored after ten seconds: it is removed as soon as it is."]
    #[inline]
    pub fn clear() -> ::ctu::Result<()> {
        repeat::__site().clear()
    }
    #[doc = "What was counted of the function's calls."]
    #[must_use]
    #[inline]
    pub fn stats() -> ::ctu::__private::Stats {
        repeat::__site().stats()
    }
}
#[allow(dead_code)]
impl repeat {
    #[doc = "The original [`repeat`](fn@repeat), without the cache."]
    #[doc = ""]
    #[doc = " Repeats a text."]
    pub fn uncached(s: &str, n: usize) -> String {
        s.repeat(n)
    }
}
