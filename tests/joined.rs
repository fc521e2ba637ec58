//! `run --folder-per-nomination`: a form and its attachments are one case, and evidence says where it stands.

mod command;

use command::{ranking, shortlister, write};

const PROGRAMME: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/fixtures/programmes/gardens");

const FORM: &str = "Title: A pond for frogs\nUnit: Mill School\nRegion: North\nCategory: Wildlife\nId: 7\n\n\
    The school has a garden behind the gym.\n";
const REPORT: &str = "Report\n\nPupils dug a pond and planted a hedge in 2019. The number of frogs counted rose from three \
    to forty in one summer.\n";

#[test]
fn evidence_names_the_attachment_it_stands_in() {
    let dir = tempfile::tempdir().expect("a folder");
    write(dir.path(), "batch/pond/form.txt", FORM);
    write(dir.path(), "batch/pond/report.txt", REPORT);
    let inputs = ["run", "batch", "--programme", PROGRAMME, "--out"];
    let ran = shortlister(dir.path(), &[&inputs[..], &["joined", "--folder-per-nomination"]].concat());
    assert_eq!(ran.status, 0, "{}", ran.stderr);
    let rows = ranking(&dir.path().join("joined"));
    assert_eq!((rows.len(), &rows[0]["title"]), (1, &"A pond for frogs".into()));
    assert_eq!(rows[0]["attachments"][0]["file"], "batch/pond/report.txt");
    let criteria = rows[0]["criteria"].as_array().expect("criteria");
    let evidence = criteria.iter().flat_map(|criterion| criterion["evidence"].as_array().expect("evidence"));
    let mut of_report = 0;
    for sentence in evidence {
        let (text, source) = (sentence["text"].as_str().expect("text"), sentence["source"].as_str().expect("source"));
        let file = if text.contains("pond and planted") || text.contains("frogs counted") { "report" } else { "form" };
        assert!(source.starts_with(&format!("batch/pond/{file}.txt")), "{text}: {source}");
        of_report += usize::from(file == "report");
    }
    assert!(of_report > 0, "{}", rows[0]);

    assert_eq!(shortlister(dir.path(), &[&inputs[..], &["apart"]].concat()).status, 0);
    assert_eq!(ranking(&dir.path().join("apart")).len(), 2);
    let verified = shortlister(dir.path(), &["verify", "joined", "--replay"]);
    assert_eq!(verified.status, 0, "{} {}", verified.stdout, verified.stderr);
    let checked = shortlister(dir.path(), &["check", "batch", "--folder-per-nomination"]);
    assert!(checked.stdout.contains("report.txt: 0 records, 0 rejected, 1 linked"), "{}", checked.stdout);
}
