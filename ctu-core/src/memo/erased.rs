//! A static of a type that has no name.

use std::any::Any;
use std::fmt;
use std::sync::OnceLock;

/// Holds one value of one type, made at first use. The type is that of the first use.
pub struct ErasedCell(OnceLock<Box<dyn Any + Send + Sync>>);

impl ErasedCell {
    /// An empty cell.
    pub const fn new() -> Self {
        Self(OnceLock::new())
    }

    /// The value, made by `init` if there is none yet.
    ///
    /// # Panics
    ///
    /// When the cell was used with another type before. A cell in the expansion of `#[cached]` is used with the type of
    /// one closure's value.
    #[inline]
    pub fn get_or_init<T: Any + Send + Sync>(&self, init: impl FnOnce() -> T) -> &T {
        let value = self.0.get_or_init(|| Box::new(init()));
        (**value).downcast_ref().expect("an ErasedCell is used with one type")
    }
}

impl Default for ErasedCell {
    fn default() -> Self {
        Self::new()
    }
}

impl fmt::Debug for ErasedCell {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("ErasedCell(..)")
    }
}
