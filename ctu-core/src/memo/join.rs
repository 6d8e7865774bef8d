//! Waiting for another caller's result, before one computes oneself.

/// The lead of the caller's own computation; or returns from the function around, with another's result.
///
/// `since`: the [`closings`](super::flights::Flights::closings) before the lookup that missed. A macro, as a future within a
/// future would be moved about at each miss.
macro_rules! join {
    (
        $returns:ident, $site:ident, $cache:ident, $key:ident, $share:ident, $since:ident, $ended:ident, [$($wait:tt)*],
        [$($lookup:tt)*]
    ) => {{
        let mut turns = 0;
        loop {
            let wait = match $site.join($key.key(), $cache, $since, turns) {
                Place::Lead { lead, is_late } => {
                    if is_late && let Ok(Some(value)) = $($lookup)* {
                        lead.end(How::Stored);
                        $site.count(Count::Coalesced);
                        return $returns::wrap(value);
                    }
                    break lead;
                }
                Place::Wait(wait) => wait,
            };
            let help = match wait.$ended()$($wait)* {
                Ended::Shared(shared) => {
                    if let Some(returned) = $share.unpack(&Packed(shared)) {
                        $site.count(Count::Coalesced);
                        return returned;
                    }
                    None
                }
                Ended::Closed(How::Lost) => continue,
                Ended::Closed(How::Unstored) => {
                    turns += 1;
                    continue;
                }
                Ended::Closed(How::Stored) => None,
                Ended::Late(help) => Some(help),
            };
            turns += 1;
            $since = $site.flights().closings();
            if let Ok(Some(value)) = $($lookup)* {
                $site.count(Count::Coalesced);
                return $returns::wrap(value);
            }
            if let Some(help) = help {
                break $site.flights().helping($key.key(), $cache, help);
            }
        }
    }};
}

pub(super) use join;
