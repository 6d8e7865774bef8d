//! All that a function has cached is forgotten at once.

use super::site::Site;
use crate::Result;

/// Forgets what is cached of all calls of a function: what `clear` removes, and what is being computed, which is not stored
/// and handed to nobody who comes later.
///
/// # Errors
///
/// When `clear` fails: what it was to remove may still be there. When an older value has not been stored to the end after ten
/// seconds (`Timeout`): that one is removed as soon as it is stored.
pub fn clear(site: &Site, clear: impl FnOnce() -> Result<()>) -> Result<()> {
    let settled = site.flights().detach_all().settled();
    clear()?;
    settled
}

/// The same, for an `async` function.
///
/// # Errors
///
/// As [`clear`].
pub async fn clear_async(site: &Site, clear: impl FnOnce() -> Result<()>) -> Result<()> {
    let settled = site.flights().detach_all().settled_async().await;
    clear()?;
    settled
}
