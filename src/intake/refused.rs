//! Formats that are recognised and refused, each with what to do instead. A format leaves this table
//! when it gets a reader.

use super::found::Refusal;

/// A file we can name but not read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Foreign {
    Empty,
    OldWord,
    Rtf,
    Ofd,
    XmlDocument,
    Xml,
    Slides,
    Image,
    Archive,
    BrokenArchive,
    Encrypted,
    Binary,
    UnknownText,
}

impl Foreign {
    /// What is wrong with a file of this kind named with `extension`, and the remedy.
    pub fn refusal(self, extension: &str) -> Refusal {
        let (is, remedy) = match self {
            Foreign::Empty => ("the file is empty (0 bytes)", "ask the sender for the file again"),
            Foreign::OldWord => {
                ("an old Word or WPS document, which is not read", "open it in Word or WPS and save it as .docx")
            }
            Foreign::Rtf => ("an RTF document, which is not read", "open it in Word or WPS and save it as .docx"),
            Foreign::Ofd => (
                "an OFD document, which is not read",
                "open it in WPS or an OFD reader and save it as .docx or .pdf, or send the original",
            ),
            Foreign::XmlDocument => {
                ("an XML document of Word 2003, which is not read", "open it in Word or WPS and save it as .docx")
            }
            Foreign::Xml => ("an XML file, which is not read", "export the data as .xlsx, .csv or .jsonl"),
            Foreign::Slides => {
                ("a presentation, which is not read", "put its text into a .docx or the description column")
            }
            Foreign::Image => ("a picture, which is not read", "type or recognise (OCR) its text and send it as .docx"),
            Foreign::Archive => {
                ("an archive of a kind that is not opened", "unpack it and give the folder, or pack it as .zip")
            }
            Foreign::BrokenArchive => (
                "a damaged or incomplete Office file or archive",
                "ask for the file again, or open it in its program, let it be repaired, and save it anew",
            ),
            Foreign::Encrypted => {
                ("protected by a password", "open it with the password, remove the protection and save it again")
            }
            Foreign::Binary => {
                ("of no known format", "save it as .xlsx, .csv, .docx or .jsonl from the program that made it")
            }
            Foreign::UnknownText => {
                ("plain text of no known type", "save it under the type it is: .csv for a table, .jsonl, .txt or .md")
            }
        };
        let reason = match self {
            Foreign::Empty => is.to_owned(),
            _ if self.usual_names().contains(&extension) || extension.is_empty() => format!("this is {is}"),
            _ => format!("the name ends in .{extension}, but by its content this is {is}"),
        };
        Refusal::new(reason, remedy)
    }

    /// Extensions under which this kind is no surprise.
    fn usual_names(self) -> &'static [&'static str] {
        match self {
            Foreign::Empty | Foreign::Binary => &[],
            Foreign::OldWord => &["doc", "wps", "dot", "wpt"],
            Foreign::Rtf => &["rtf"],
            Foreign::Ofd => &["ofd"],
            Foreign::XmlDocument => &["xml", "doc"],
            Foreign::Xml => &["xml"],
            Foreign::Slides => &["ppt", "pptx", "odp", "dps"],
            Foreign::Image => &["png", "jpg", "jpeg", "gif", "bmp", "tif", "tiff", "webp"],
            Foreign::Archive => &["rar", "7z", "gz", "tgz"],
            Foreign::BrokenArchive => {
                &["zip", "xls", "xlsx", "xlsm", "xlsb", "et", "ods", "doc", "wps", "docx", "odt", "pptx"]
            }
            Foreign::Encrypted => &["xls", "xlsx", "doc", "docx", "odt", "pdf"],
            Foreign::UnknownText => &["log", "dat", "ini"],
        }
    }
}
