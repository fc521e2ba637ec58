//! Streams of a PDF, measured by unpacking them, before anything is made of them.

use std::io::{self, Read};

use flate2::read::ZlibDecoder;

use super::super::found::Refusal;
use super::super::limits::Limits;

/// Room for a picture: it is never unpacked, but a hostile file may use any stream as something else.
const PICTURE_ROOM: u64 = 8;

/// Refuses a file whose streams unpack to more than the limits.
pub(super) fn check(bytes: &[u8], limits: &Limits) -> Result<(), Refusal> {
    let (mut total, mut pictures) = (0u64, 0u64);
    for (dictionary, data) in streams(bytes) {
        let size = unpacked(data, limits.max_pdf_stream_bytes);
        let is_picture = contains(dictionary, b"/Image");
        *(if is_picture { &mut pictures } else { &mut total }) += size;
        let too_much = (size > limits.max_pdf_stream_bytes && !is_picture)
            || total > limits.max_pdf_unpacked_bytes
            || pictures > PICTURE_ROOM * limits.max_pdf_unpacked_bytes;
        if too_much {
            return Err(refusal(limits));
        }
    }
    Ok(())
}

fn refusal(limits: &Limits) -> Refusal {
    let (one, all) = (limits.max_pdf_stream_bytes, limits.max_pdf_unpacked_bytes);
    Refusal::new(
        format!("the PDF unpacks to more than the limits ({one} bytes for one stream, {all} for all)"),
        "print it anew into a PDF, or split it; if it came from a stranger, do not open it",
    )
}

/// The dictionary (at most 512 bytes of it) and the data of each stream, by its keyword.
fn streams(bytes: &[u8]) -> impl Iterator<Item = (&[u8], &[u8])> {
    let mut from = 0;
    std::iter::from_fn(move || {
        loop {
            let at = from + find(&bytes[from..], b"stream")?;
            from = at + b"stream".len();
            let rest = &bytes[from..];
            let data =
                rest.strip_prefix(b"\r\n").or_else(|| rest.strip_prefix(b"\n")).or_else(|| rest.strip_prefix(b"\r"));
            // `endstream` ends with the keyword too.
            if let Some(data) = data.filter(|_| !bytes[..at].ends_with(b"end")) {
                return Some((&bytes[at.saturating_sub(512)..at], data));
            }
        }
    })
}

/// Bytes of the stream, unpacked up to three times over; just beyond `limit` at most.
fn unpacked(data: &[u8], limit: u64) -> u64 {
    let once = measure(ZlibDecoder::new(data), limit);
    if once == 0 {
        return 0;
    }
    let twice = measure(ZlibDecoder::new(ZlibDecoder::new(data)), limit);
    if twice == 0 {
        return once;
    }
    once.max(twice).max(measure(ZlibDecoder::new(ZlibDecoder::new(ZlibDecoder::new(data))), limit))
}

/// What does not unpack has no size; the interpreter will make nothing of it either.
fn measure(source: impl Read, limit: u64) -> u64 {
    let mut counter = Counter(0);
    let _damaged = io::copy(&mut source.take(limit + 1), &mut counter);
    counter.0
}

struct Counter(u64);

impl io::Write for Counter {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0 += bytes.len() as u64;
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

fn find(bytes: &[u8], what: &[u8]) -> Option<usize> {
    let first = *what.first()?;
    let mut from = 0;
    while let Some(at) = bytes[from..].iter().position(|byte| *byte == first) {
        if bytes[from + at..].starts_with(what) {
            return Some(from + at);
        }
        from += at + 1;
    }
    None
}

fn contains(bytes: &[u8], what: &[u8]) -> bool {
    find(bytes, what).is_some()
}
