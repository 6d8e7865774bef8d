//! A request and its replies on one connection, without the I/O: what is written and read is up to the connection.

use ctu_core::Result;

use super::reply::{self, Flags, Reply};
use super::request::{Request, Until};

/// How much is read at a time.
const ROOM: usize = 16 * 1024;

/// What was received and is not read yet.
///
/// It grows with what arrives, never with what was announced.
#[derive(Default)]
pub(super) struct Inbox {
    bytes: Vec<u8>,
    start: usize,
    end: usize,
}

impl Inbox {
    fn unread(&self) -> &[u8] {
        &self.bytes[self.start..self.end]
    }

    fn consume(&mut self, length: usize) {
        self.start += length;
        if self.start == self.end {
            (self.start, self.end) = (0, 0);
        }
    }

    /// Where to receive more: never empty.
    pub(super) fn room(&mut self) -> &mut [u8] {
        if self.end == self.bytes.len() {
            self.bytes.copy_within(self.start..self.end, 0);
            (self.start, self.end) = (0, self.end - self.start);
            // Full of what can't be consumed before more has come.
            if self.bytes.len() - self.end < ROOM {
                self.bytes.resize((self.bytes.len() * 2).max(ROOM), 0);
            }
        }
        &mut self.bytes[self.end..]
    }

    /// So many bytes were received in the room.
    pub(super) fn received(&mut self, length: usize) {
        self.end += length;
    }

    /// Gives back the memory of large values, for a connection that may be idle for long.
    fn shrink(&mut self) {
        if self.bytes.len() > ROOM && self.start == self.end {
            self.bytes.truncate(ROOM);
            self.bytes.shrink_to_fit();
        }
    }
}

/// What to do next in a conversation.
pub(super) enum Step<'r> {
    /// Write all of this.
    Send(&'r [u8]),
    /// Receive more into the inbox.
    Receive,
    /// The replies are complete, and the connection is fit for another request.
    Finished,
}

/// A request on its way.
pub(super) struct Conversation<'r> {
    request: &'r Request,
    max_value: usize,
    /// The window that is next to be sent.
    next: usize,
    /// Where the replies of the last one end and how many more there may be; `None`: they are complete.
    open: Option<(Until, usize)>,
    /// The least token that a reply may have.
    token: u64,
    replies: Vec<Reply>,
}

impl<'r> Conversation<'r> {
    pub(super) fn new(request: &'r Request, max_value: usize) -> Self {
        let token = request.tokens().start;
        Self { request, max_value, next: 0, open: None, token, replies: Vec::new() }
    }

    /// What to do next.
    ///
    /// # Errors
    ///
    /// For a reply that can't be that to the request: the connection is of no more use.
    pub(super) fn step(&mut self, inbox: &mut Inbox) -> Result<Step<'r>> {
        while let Some((until, left)) = self.open {
            let Some((reply, length)) = reply::parse(inbox.unread(), self.max_value)? else {
                return Ok(Step::Receive);
            };
            inbox.consume(length);
            self.open = (!self.check(until, &reply)?).then_some((until, left - 1));
            if left == 1 && self.open.is_some() {
                return Err(reply::garbage());
            }
            self.replies.push(reply);
        }
        if !inbox.unread().is_empty() {
            // Nothing was asked.
            return Err(reply::garbage());
        }
        let Some((bytes, window)) = self.request.window(self.next) else {
            inbox.shrink();
            return Ok(Step::Finished);
        };
        self.next += 1;
        self.open = Some((window.until, window.replies));
        Ok(Step::Send(bytes))
    }

    /// Whether nothing of an answer has come yet.
    pub(super) fn is_unanswered(&self, inbox: &Inbox) -> bool {
        self.replies.is_empty() && inbox.unread().is_empty()
    }

    pub(super) fn into_replies(self) -> Vec<Reply> {
        self.replies
    }

    /// Whether this reply is the last of the window.
    fn check(&mut self, until: Until, reply: &Reply) -> Result<bool> {
        let last = match until {
            Until::First => true,
            Until::Barrier => matches!(reply, Reply::Barrier),
            Until::End => matches!(reply, Reply::End),
        };
        let fits = match reply {
            Reply::Value(_) | Reply::Not(_) | Reply::Failed(_) => until != Until::End,
            // Quiet commands that succeed say nothing.
            Reply::Done(_) | Reply::Ok => until == Until::First,
            Reply::Barrier => until == Until::Barrier,
            Reply::Figure(..) | Reply::OtherFigure | Reply::End => until == Until::End,
        };
        if !fits {
            return Err(reply::garbage());
        }
        let (flags, needed) = match reply {
            Reply::Value(value) => (value.flags, true),
            Reply::Done(flags) => (*flags, true),
            // Old servers leave the token out.
            Reply::Not(flags) => (*flags, false),
            _ => return Ok(last),
        };
        self.check_token(flags, needed)?;
        Ok(last)
    }

    fn check_token(&mut self, flags: Flags, needed: bool) -> Result<()> {
        match flags.token {
            Some(token) if (self.token..self.request.tokens().end).contains(&token) => self.token = token + 1,
            None if !needed => {}
            _ => return Err(reply::garbage()),
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn feed(request: &Request, bytes: &[u8]) -> Result<Vec<Reply>> {
        let mut inbox = Inbox::default();
        let mut conversation = Conversation::new(request, 100_000);
        let mut bytes = bytes;
        loop {
            match conversation.step(&mut inbox)? {
                Step::Send(_) => {}
                Step::Finished => return Ok(conversation.into_replies()),
                Step::Receive => {
                    let room = inbox.room();
                    let length = bytes.len().min(room.len()).min(7);
                    assert!(length > 0, "the replies are not complete");
                    room[..length].copy_from_slice(&bytes[..length]);
                    inbox.received(length);
                    bytes = &bytes[length..];
                }
            }
        }
    }

    #[test]
    fn replies_in_any_pieces_are_read() {
        let keys = [&b"a"[..], b"b", b"c"];
        let large = format!("VA 60000 O5\r\n{}\r\nVA 1 O7\r\nx\r\nMN\r\n", "y".repeat(60_000));
        let replies = feed(&Request::get_many(5, keys.into_iter()), large.as_bytes()).unwrap();
        assert_eq!(replies.len(), 3);
        assert_eq!(feed(&Request::figures(), b"STAT cmd_get 3\r\nSTAT x y\r\nEND\r\n").unwrap().len(), 3);
    }

    #[test]
    fn law1_exact_a_reply_to_another_command_is_an_error() {
        let get = Request::get(5, b"k");
        assert!(feed(&get, b"VA 1 O5\r\nx\r\n").is_ok());
        assert!(feed(&get, b"EN\r\n").is_ok());
        for reply in
            ["VA 1\r\nx\r\n", "VA 1 O4\r\nx\r\n", "VA 1 O6\r\nx\r\n", "EN O4\r\n", "MN\r\n", "END\r\n", "HD\r\n"]
        {
            assert!(feed(&get, reply.as_bytes()).is_err(), "{reply}");
        }
        let many = Request::get_many(5, [&b"a"[..], b"b"].into_iter());
        for replies in [
            "VA 1 O6\r\nx\r\nVA 1 O5\r\nx\r\nMN\r\n",
            "VA 1 O5\r\nx\r\nVA 1 O5\r\nx\r\nMN\r\n",
            "VA 1 O7\r\nx\r\nMN\r\n",
        ] {
            assert!(feed(&many, replies.as_bytes()).is_err(), "{replies}");
        }
    }

    #[test]
    fn law6_bounded_replies_without_end_are_an_error() {
        assert!(feed(&Request::figures(), &b"STAT x y\r\n".repeat(2_000)).is_err());
        let many = Request::get_many(5, [&b"a"[..], b"b"].into_iter());
        assert!(feed(&many, &b"EN\r\n".repeat(10)).is_err());
    }
}
