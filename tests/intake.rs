//! What intake makes of the files that offices send: every format, every way to be wrong, nothing lost.

#[path = "intake/archives.rs"]
mod archives;
#[path = "intake/documents.rs"]
mod documents;
#[path = "intake/hostile.rs"]
mod hostile;
#[path = "intake/inputs.rs"]
mod inputs;
#[path = "intake/joined.rs"]
mod joined;
#[path = "intake/lines.rs"]
mod lines;
#[path = "intake/pdf.rs"]
mod pdf;
#[path = "intake/recovery.rs"]
mod recovery;
#[path = "intake/rejections.rs"]
mod rejections;
#[path = "intake/support.rs"]
mod support;
#[path = "intake/tables.rs"]
mod tables;
#[path = "intake/web.rs"]
mod web;
