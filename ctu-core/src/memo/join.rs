//! Waiting for another caller's result, before one computes oneself.

/// Makes `lead` that of the caller's own computation; or returns from the function around, with another's result.
///
/// `at`: the key, and where its flights are; `missed`: the lookup before. A macro, as a future within a future would be
/// moved about at each miss.
macro_rules! join {
    (
        $returns:ident, $lead:ident, $site:ident, $at:ident, $share:ident, $missed:ident, $ended:ident,
        [$($wait:tt)*], [$($lookup:tt)*]
    ) => {{
        let mut turns = 0;
        loop {
            let wait = match $site.join(&mut $lead, $at, $missed.since, turns) {
                Place::Lead { is_late } => {
                    if is_late && let Ok(Some(value)) = $($lookup)* {
                        $lead.close(How::Found);
                        $site.count(Count::Coalesced);
                        return $returns::wrap(value);
                    }
                    break;
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
                Ended::Closed(How::Stored | How::Found) => None,
                Ended::Late(help) => Some(help),
            };
            turns += 1;
            $missed.since = $site.flights().closings();
            if let Ok(Some(value)) = $($lookup)* {
                $site.count(Count::Coalesced);
                return $returns::wrap(value);
            }
            if let Some(help) = help {
                $site.flights().help(&mut $lead, $at.1, help);
                break;
            }
        }
    }};
}

pub(super) use join;
