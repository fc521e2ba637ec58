//! Character-separated tables. An own reader, because a stray quotation mark must cost one record, not the
//! rest of the file, and because every record needs its line.

use super::encoding::{Decoded, Undecodable, decode};
use super::found::{Found, Refusal};
use super::mapping::HeaderBook;
use super::reader::Document;
use super::table::{self, grid::Grid, grid::GridRow};

/// Delimiters tried, in order of preference.
const DELIMITERS: [char; 4] = [',', '\t', ';', '|'];
/// Enough records to find the header in.
const SNIFFED_RECORDS: usize = 25;

/// A table in text form.
pub(crate) fn read(document: &Document<'_>, found: &mut Found) -> Result<(), Refusal> {
    let text = whole_text(document, found)?;
    let parsed = parse_best(&text, document.book);
    let unknown = table::known_columns(&parsed.grid, document.book) == 0;
    if unknown && !matches!(document.extension(), "csv" | "tsv" | "tab") {
        let reason = format!("the name ends in .{}, but this is plain text without a header", document.extension());
        return Err(Refusal::new(
            reason,
            "save it as .xlsx from the program that made it, or name it .txt if it is prose",
        ));
    }
    submit(parsed, document, found)
}

/// Reads `text` as a table only if its header is beyond doubt (an Excel export named .txt).
pub(crate) fn read_evident_table(
    text: &str,
    document: &Document<'_>,
    found: &mut Found,
) -> Option<Result<(), Refusal>> {
    const EVIDENT_COLUMNS: usize = 3;
    let parsed = parse_best(text, document.book);
    let evident = table::known_columns(&parsed.grid, document.book) >= EVIDENT_COLUMNS && parsed.grid.rows.len() > 1;
    evident.then(|| submit(parsed, document, found))
}

/// The text of a file that is only usable as a whole: broken characters refuse it.
pub(crate) fn whole_text(document: &Document<'_>, found: &mut Found) -> Result<String, Refusal> {
    let Decoded { text, encoding, broken_lines, cut_at_end } = decode(document.bytes).map_err(undecodable)?;
    if let Some(line) = broken_lines.first() {
        let more =
            if broken_lines.len() > 1 { format!(" and {} more lines", broken_lines.len() - 1) } else { String::new() };
        let line = *line;
        let reason = format!("line {line}{more} holds bytes that are not {encoding}, as the rest of the file is");
        return Err(Refusal::new(reason, "open it in the program that made it and save it again as UTF-8"));
    }
    if cut_at_end {
        found.note(&document.place, "the file ends inside a character; its end may be missing, ask for it again");
    }
    // Old Mac line ends would make the file one line.
    Ok(if text.contains('\n') { text } else { text.replace('\r', "\n") })
}

/// What to say of bytes that are no text.
pub(crate) fn undecodable(problem: Undecodable) -> Refusal {
    let save = "open it in the program that made it and save it again as UTF-8";
    match problem {
        Undecodable::Binary => Refusal::new(
            "the name is that of a text file, but the content is binary",
            "check that this is the right file, and save it again as .xlsx or as CSV UTF-8",
        ),
        Undecodable::Foreign(name) => {
            Refusal::new(format!("the encoding looks like {name}; UTF-8, GBK, GB18030 and UTF-16 are read"), save)
        }
        Undecodable::Mojibake(encoding) => Refusal::new(
            format!("the characters are mojibake: a program took UTF-8 for {encoding} and saved what it then showed"),
            "ask for the original file",
        ),
        Undecodable::Broken { encoding, line } => {
            Refusal::new(format!("line {line} holds bytes that are not {encoding}, as the lines before it are"), save)
        }
    }
}

/// The cells of a table in text form, whatever its header.
pub(crate) fn grid(document: &Document<'_>, found: &mut Found) -> Result<Grid, Refusal> {
    let text = whole_text(document, found)?;
    checked(parse_best(&text, document.book), document, found)
}

fn submit(parsed: Parsed, document: &Document<'_>, found: &mut Found) -> Result<(), Refusal> {
    let grid = checked(parsed, document, found)?;
    table::read(grid, &document.place, document.book, document.limits, found)
}

fn checked(parsed: Parsed, document: &Document<'_>, found: &mut Found) -> Result<Grid, Refusal> {
    let Parsed { grid, open_quotes } = parsed;
    if grid.rows.is_empty() {
        return Err(Refusal::new("the file holds no filled line", "ask the sender for the file again"));
    }
    for line in open_quotes {
        let refusal = Refusal::new(
            "a quotation mark is opened in this record and never closed",
            "close it, or double it (\"\") where it belongs to the text; the lines after it were read",
        );
        found.reject(document.place.at_row(line), refusal);
    }
    let (grid, wide) = within_columns(grid, document.limits.max_columns);
    if wide > 0 {
        let limit = document.limits.max_columns;
        found
            .note(&document.place, format!("{wide} rows reach beyond {limit} columns; the cells beyond were not read"));
    }
    Ok(grid)
}

fn within_columns(mut grid: Grid, max_columns: usize) -> (Grid, usize) {
    let mut wide = 0;
    for row in &mut grid.rows {
        wide += usize::from(row.cells.len() > max_columns);
        row.cells.truncate(max_columns);
    }
    (grid, wide)
}

/// A parsed file, and the lines of records with an unclosed quotation mark.
#[derive(Debug, Default, PartialEq, Eq)]
struct Parsed {
    grid: Grid,
    open_quotes: Vec<u32>,
}

/// Parses with the delimiter under which most headers are known, then the one that gives most columns.
fn parse_best(text: &str, book: &HeaderBook) -> Parsed {
    let (text, first_line, declared) = match declared_delimiter(text) {
        Some((delimiter, rest)) => (rest, 2, Some(delimiter)),
        None => (text, 1, None),
    };
    let quality = |delimiter: &char| {
        let sample = parse(text, first_line, *delimiter, SNIFFED_RECORDS).grid;
        let mut widths: Vec<usize> = sample.rows.iter().map(|row| row.cells.len()).collect();
        widths.sort_unstable();
        let median = widths.get(widths.len() / 2).copied().unwrap_or(0);
        (table::known_columns(&sample, book), median)
    };
    // `max_by_key` gives the last of equals, so the preferred delimiter goes last.
    let best = declared.or_else(|| DELIMITERS.iter().rev().copied().max_by_key(quality));
    parse(text, first_line, best.unwrap_or(','), usize::MAX)
}

/// Excel's own hint: a first line `sep=;`.
fn declared_delimiter(text: &str) -> Option<(char, &str)> {
    let (first, rest) = text.split_once('\n')?;
    let delimiter = first.trim_end_matches('\r').strip_prefix("sep=")?;
    let mut chars = delimiter.chars();
    chars.next().filter(|_| chars.next().is_none()).map(|delimiter| (delimiter, rest))
}

/// RFC 4180, leniently: a quotation mark inside an unquoted field is text.
fn parse(text: &str, first_line: u32, delimiter: char, max_records: usize) -> Parsed {
    let mut parsed = Parsed::default();
    let (mut rest, mut line) = (text, first_line);
    while !rest.is_empty() && parsed.grid.rows.len() < max_records {
        let (cells, read) = match record(rest, delimiter) {
            Some(found) => found,
            None => {
                parsed.open_quotes.push(line);
                (Vec::new(), rest.find('\n').map_or(rest.len(), |end| end + 1))
            }
        };
        if cells.iter().any(|cell| !cell.trim().is_empty()) {
            parsed.grid.rows.push(GridRow { number: line, cells });
        }
        let lines = rest[..read].bytes().filter(|byte| *byte == b'\n').count();
        line = line.saturating_add(u32::try_from(lines).unwrap_or(u32::MAX));
        rest = &rest[read..];
    }
    parsed
}

/// One record and its length in bytes, its line end included; none when a quotation mark stays open.
fn record(text: &str, delimiter: char) -> Option<(Vec<String>, usize)> {
    let mut cells = Vec::new();
    let mut cell = String::new();
    let mut quoted = false;
    // The text of a quoted field that ran over a line end; a closing mark inside a line then belongs to another field.
    let mut ran_over = false;
    let mut chars = text.char_indices().peekable();
    while let Some((at, c)) = chars.next() {
        if quoted {
            match c {
                '"' if chars.next_if(|(_, next)| *next == '"').is_some() => cell.push('"'),
                '"' => {
                    quoted = false;
                    let ends_field = chars.peek().is_none_or(|(_, next)| *next == delimiter || "\r\n".contains(*next));
                    if ran_over && !ends_field {
                        return None;
                    }
                }
                _ => {
                    ran_over |= c == '\n';
                    cell.push(c);
                }
            }
        } else if c == '"' && cell.trim().is_empty() {
            cell.clear();
            (quoted, ran_over) = (true, false);
        } else if c == delimiter {
            cells.push(std::mem::take(&mut cell));
        } else if c == '\n' {
            cells.push(cell.trim_end_matches('\r').to_owned());
            return Some((cells, at + 1));
        } else {
            cell.push(c);
        }
    }
    if quoted {
        return None;
    }
    cells.push(cell.trim_end_matches('\r').to_owned());
    Some((cells, text.len()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rows(parsed: &Parsed) -> Vec<(u32, Vec<&str>)> {
        parsed.grid.rows.iter().map(|row| (row.number, row.cells.iter().map(String::as_str).collect())).collect()
    }

    #[test]
    fn quotes_line_breaks_and_blank_lines_keep_their_lines() {
        let parsed = parse("a,b\r\n\r\n\"x\ny\",\"he said \"\"hi\"\"\"\n1,5\" pipe\n", 1, ',', usize::MAX);
        assert_eq!(
            rows(&parsed),
            [(1, vec!["a", "b"]), (3, vec!["x\ny", "he said \"hi\""]), (5, vec!["1", "5\" pipe"])]
        );
    }

    #[test]
    fn an_open_quote_costs_one_record() {
        let parsed = parse("a,b\n1,\"open\n2,c\n", 1, ',', usize::MAX);
        assert_eq!(parsed.open_quotes, [2]);
        let mispaired = parse("a,b\n1,\"open\n2,\"c\"\n", 1, ',', usize::MAX);
        assert_eq!(rows(&mispaired), [(1, vec!["a", "b"]), (3, vec!["2", "c"])]);
        assert_eq!(rows(&parsed), [(1, vec!["a", "b"]), (3, vec!["2", "c"])]);
    }

    #[test]
    fn the_delimiter_is_the_one_that_shows_the_header() {
        let book = HeaderBook::default();
        for delimiter in ["\t", ";", "|", ","] {
            let text = format!("案例名称{delimiter}案例简介\n甲{delimiter}一, 二; 三\n");
            let parsed = parse_best(&text, &book);
            assert_eq!(parsed.grid.rows[0].cells, ["案例名称", "案例简介"], "{delimiter:?}");
        }
        let parsed = parse_best("sep=;\na;b\n", &book);
        assert_eq!(rows(&parsed), [(2, vec!["a", "b"])]);
    }
}
