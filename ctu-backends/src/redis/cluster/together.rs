//! Futures that run at the same time, in the task that waits for them.

use std::future::{Future, poll_fn};
use std::task::Poll;

use ctu_core::Result;

/// The outcomes in the order of the futures, or the first error. Then the others are dropped.
pub(super) async fn together<T, F: Future<Output = Result<T>>>(futures: Vec<F>) -> Result<Vec<T>> {
    let mut outcomes: Vec<Option<T>> = futures.iter().map(|_| None).collect();
    let mut futures: Vec<_> = futures.into_iter().map(Box::pin).collect();
    let all = poll_fn(|context| {
        for (future, outcome) in futures.iter_mut().zip(&mut outcomes) {
            if outcome.is_none() {
                match future.as_mut().poll(context) {
                    Poll::Ready(Ok(output)) => *outcome = Some(output),
                    Poll::Ready(Err(error)) => return Poll::Ready(Err(error)),
                    Poll::Pending => {}
                }
            }
        }
        if outcomes.iter().all(Option::is_some) { Poll::Ready(Ok(())) } else { Poll::Pending }
    });
    all.await?;
    Ok(outcomes.into_iter().flatten().collect())
}

#[cfg(test)]
mod tests {
    use std::cell::RefCell;

    use ctu_core::{Error, ErrorKind};

    use super::super::super::turns::{finish, others_first};
    use super::*;

    #[test]
    fn all_ask_before_the_first_waits_for_its_answer() {
        let log = RefCell::new(Vec::new());
        let ask = |number: usize| {
            let log = &log;
            async move {
                log.borrow_mut().push(("asks", number));
                others_first().await;
                log.borrow_mut().push(("reads", number));
                Ok(number * 10)
            }
        };
        assert_eq!(finish(together(vec![ask(0), ask(1)])).unwrap(), [0, 10]);
        assert_eq!(log.into_inner(), [("asks", 0), ("asks", 1), ("reads", 0), ("reads", 1)]);
        assert!(finish(together(Vec::<std::future::Ready<Result<()>>>::new())).unwrap().is_empty());
    }

    #[test]
    fn the_first_error_ends_the_wait_for_all() {
        let ask = |number: usize| async move {
            if number == 1 {
                return Err(Error::new(ErrorKind::Other, "no"));
            }
            std::future::pending().await
        };
        let outcome: Result<Vec<()>> = finish(together(vec![ask(0), ask(1), ask(2)]));
        assert_eq!(outcome.unwrap_err().kind(), ErrorKind::Other);
    }
}
