//! How much is read before the program stops and says so.

use serde::{Deserialize, Serialize};

/// Every bound of intake in one place. Text or records beyond a bound are never dropped in
/// silence: the batch carries a rejection, a note or [`crate::nomination::RawSubmission::truncated_chars`].
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Limits {
    /// A larger file is rejected unread. Default 200 MiB.
    pub max_file_bytes: u64,
    /// Records beyond this many in one file are rejected together. Default 1,000,000.
    pub max_records_per_file: usize,
    /// Narrative characters kept of one record; the rest is cut and counted. Default 300,000.
    pub max_chars_per_record: usize,
    /// Unpacked size of one part of a .docx (guards against zip bombs). Default 100 MiB.
    pub max_docx_part_bytes: u64,
    /// Unpacked size of all parts of a workbook together. Default 512 MiB.
    pub max_workbook_bytes: u64,
    /// Cells that the sheets of an .xls or .ods span together, blank ones between filled ones counted.
    /// Default 10,000,000.
    pub max_workbook_cells: u64,
    /// Unpacked size of one stream of a PDF that is no picture. Default 64 MiB.
    pub max_pdf_stream_bytes: u64,
    /// Unpacked size of all streams of a PDF that are no pictures together; pictures have eight times the room.
    /// Default 256 MiB.
    pub max_pdf_unpacked_bytes: u64,
    /// Pages read of a PDF; the rest is left out with a note. Default 2,000.
    pub max_pdf_pages: usize,
    /// Glyphs, lines and pictures that a PDF may draw. Default 5,000,000.
    pub max_pdf_marks: usize,
    /// Seconds after which the reading of a PDF is given up. Default 120.
    pub max_pdf_seconds: u64,
    /// Size of the text of a web page. Default 16 MiB.
    pub max_page_bytes: u64,
    /// Elements and stretches of text in a web page. Default 1,000,000.
    pub max_page_nodes: usize,
    /// Elements within elements of a web page; browsers allow 512. Default 256.
    pub max_page_depth: usize,
    /// Seconds after which the reading of a web page is given up. Default 60.
    pub max_page_seconds: u64,
    /// Files in one archive. Default 20,000.
    pub max_archive_files: usize,
    /// Unpacked size of all files of an archive, those of archives inside it counted with them. Default 2 GiB.
    pub max_archive_bytes: u64,
    /// A file in an archive that unpacks to more than so many times its packed size is refused. Default 200.
    pub max_archive_ratio: u64,
    /// Columns read of a table; the rest is left out with a note. Default 1,000.
    pub max_columns: usize,
    /// Folders within folders, counted from the one given. Default 16.
    pub max_folder_depth: usize,
}

const MIB: u64 = 1024 * 1024;

impl Default for Limits {
    fn default() -> Self {
        Self {
            max_file_bytes: 200 * MIB,
            max_records_per_file: 1_000_000,
            max_chars_per_record: 300_000,
            max_docx_part_bytes: 100 * MIB,
            max_workbook_bytes: 512 * MIB,
            max_workbook_cells: 10_000_000,
            max_pdf_stream_bytes: 64 * MIB,
            max_pdf_unpacked_bytes: 256 * MIB,
            max_pdf_pages: 2_000,
            max_pdf_marks: 5_000_000,
            max_pdf_seconds: 120,
            max_page_bytes: 16 * MIB,
            max_page_nodes: 1_000_000,
            max_page_depth: 256,
            max_page_seconds: 60,
            max_archive_files: 20_000,
            max_archive_bytes: 2_048 * MIB,
            max_archive_ratio: 200,
            max_columns: 1_000,
            max_folder_depth: 16,
        }
    }
}
