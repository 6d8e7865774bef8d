//! What is known of a memoized function when it is compiled, and its [`Site`], made of that at first use.
//!
//! A static is evaluated by the compiler, checked byte by byte, and for each function anew: so what an expansion puts into
//! one is small, and owns nothing.

use std::ops::Deref;
use std::sync::OnceLock;

use super::site::Site;

/// A function's name, and how it is called.
#[derive(Debug, Clone, Copy)]
pub struct About {
    pub(super) name: &'static str,
    /// The path that goes before the name, where the compiler tells it at run time only.
    pub(super) path: Option<fn() -> &'static str>,
    /// Whether the name was made of the function's path, and must be no other function's.
    pub(super) is_path: bool,
    pub(super) is_coalescing: bool,
}

impl About {
    /// A function whose name, and the prefix of its keys, the user has chosen.
    pub const fn prefixed(name: &'static str) -> Self {
        Self { name, path: None, is_path: false, is_coalescing: true }
    }

    /// A function whose name was made of its path, which two functions may still have in common.
    pub const fn at(name: &'static str) -> Self {
        Self { name, path: None, is_path: true, is_coalescing: true }
    }

    /// The same, where the compiler tells the path at run time only. It also says in which function's body another stands.
    pub const fn of(path: fn() -> &'static str, name: &'static str) -> Self {
        Self { name, path: Some(path), is_path: true, is_coalescing: true }
    }

    /// Callers of one key at the same time each compute.
    #[must_use]
    pub const fn uncoalesced(self) -> Self {
        Self { is_coalescing: false, ..self }
    }
}

/// The site of a function whose results are in a store that others have, too.
#[derive(Debug)]
pub struct SiteCell {
    about: About,
    site: OnceLock<Site>,
}

impl SiteCell {
    #[allow(missing_docs)]
    pub const fn new(about: About) -> Self {
        Self { about, site: OnceLock::new() }
    }
}

impl Deref for SiteCell {
    type Target = Site;

    #[inline]
    fn deref(&self) -> &Site {
        self.site.get_or_init(|| Site::of(self.about))
    }
}
