//! What tells a review workbook's run and expert, whatever its file is called.

use std::fmt;

use crate::digest::sha256_hex;

const MARK: &str = "shortlister-review";
const VERSION: &str = "1";
/// Characters of the run's checksum in a ticket: enough to tell runs apart, short enough to stand in a cell.
const RUN_DIGITS: usize = 16;

/// Stands as text in a cell of every review workbook: `shortlister-review|1|<run>|<expert>`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Ticket {
    /// The first digits of the SHA-256 of the run's `ranking.jsonl`.
    pub run: String,
    /// Name of the expert.
    pub expert: String,
}

impl Ticket {
    /// For the run whose `ranking.jsonl` has these bytes.
    #[must_use]
    pub fn new(ranking: &[u8], expert: &str) -> Self {
        Self { run: sha256_hex([ranking])[..RUN_DIGITS].to_owned(), expert: expert.to_owned() }
    }

    /// Reads a cell that is a ticket; nothing otherwise.
    #[must_use]
    pub fn parse(cell: &str) -> Option<Self> {
        let rest = cell.trim().strip_prefix(MARK)?.strip_prefix('|')?;
        let (run, expert) = rest.strip_prefix(VERSION)?.strip_prefix('|')?.split_once('|')?;
        let is_run = run.len() == RUN_DIGITS && run.bytes().all(|byte| byte.is_ascii_hexdigit());
        (is_run && !expert.is_empty()).then(|| Self { run: run.to_owned(), expert: expert.to_owned() })
    }
}

impl fmt::Display for Ticket {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{MARK}|{VERSION}|{}|{}", self.run, self.expert)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_ticket_is_read_as_it_was_written_and_other_cells_are_none() {
        let ticket = Ticket::new(b"ranking", "张三|甲");
        assert_eq!(Ticket::parse(&format!(" {ticket} ")), Some(ticket));
        for other in ["", "shortlister-review", "shortlister-review|2|0123456789abcdef|a", "x|1|0123456789abcdef|a"] {
            assert_eq!(Ticket::parse(other), None, "{other}");
        }
    }
}
