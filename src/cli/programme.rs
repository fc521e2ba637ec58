//! `shortlister programme ...`: the folders that say what is awarded.

use std::fmt::Write as _;
use std::io::Write as _;
use std::path::Path;

use anyhow::{Context, bail, ensure};
use serde::Serialize;

use super::args::{Format, LanguageArg, ProgrammeCommand};
use super::output::OutputFolder;
use super::{Status, counted};
use crate::programme::{
    Category, CategoryIndex, Channel, Criterion, Floor, Markers, Programme, ProgrammeError, Remark, Signal, Track,
    TrackIndex, Tracks,
};
use crate::review::evaluation::in_words;

/// A programme folder to start from, by language.
const SKELETON_EN: [(&str, &str); 3] = [
    ("programme.toml", include_str!("../../templates/programme/en/programme.toml")),
    ("categories.toml", include_str!("../../templates/programme/en/categories.toml")),
    ("criteria.toml", include_str!("../../templates/programme/en/criteria.toml")),
];
const SKELETON_ZH: [(&str, &str); 3] = [
    ("programme.toml", include_str!("../../templates/programme/zh/programme.toml")),
    ("categories.toml", include_str!("../../templates/programme/zh/categories.toml")),
    ("criteria.toml", include_str!("../../templates/programme/zh/criteria.toml")),
];

/// What `programme check --format json` prints.
#[derive(Serialize)]
struct Checked {
    /// Whether it can be used.
    valid: bool,
    /// What stands against it.
    errors: Vec<String>,
    /// What is worth a look.
    remarks: Vec<Remark>,
    /// What it says, where it can be used.
    programme: Option<Shown>,
}

/// A programme at a glance.
#[derive(Serialize)]
struct Shown {
    id: String,
    name: String,
    name_en: String,
    language: LanguageArg,
    sha256: String,
    per_category: usize,
    rescue_per_category: usize,
    categories: Vec<ShownCategory>,
    criteria: Vec<ShownCriterion>,
    floors: Vec<Floor>,
    signal_share: f32,
    signals: Vec<Signal>,
    channels: Vec<Channel>,
    panel_share: f64,
    channel_share: f64,
    /// How a final score is made, in sentences.
    formula: Vec<String>,
    exemplars: usize,
    markers: ShownMarkers,
    /// The award series, where it has several.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    tracks: Vec<ShownTrack>,
}

#[derive(Serialize)]
struct ShownTrack {
    id: String,
    name: String,
    programme: String,
    categories: usize,
    criteria: usize,
    places: usize,
    from: Vec<String>,
    not_shortlisted_in: Vec<String>,
}

#[derive(Serialize)]
struct ShownCategory {
    id: String,
    name: String,
    quota: usize,
    aliases: usize,
    prototypes: usize,
    keywords: usize,
}

#[derive(Serialize)]
struct ShownCriterion {
    id: String,
    name: String,
    weight: f32,
    strong: usize,
    weak: usize,
}

#[derive(Serialize)]
struct ShownMarkers {
    outcome: usize,
    planned: usize,
    slogan: usize,
    solicitation: usize,
}

pub(super) fn run(command: &ProgrammeCommand) -> anyhow::Result<Status> {
    match command {
        ProgrammeCommand::List => list(),
        ProgrammeCommand::Check { programme, format } => check(programme, *format),
        ProgrammeCommand::New { dir, language } => new(dir, *language),
    }
}

fn list() -> anyhow::Result<Status> {
    let mut out = std::io::stdout().lock();
    for name in Programme::built_in() {
        let programme = Programme::load(&name)?;
        let (categories, criteria) = (programme.categories.len(), programme.criteria.len());
        let tracks = Tracks::load(&name).map_err(|mut problems| problems.swap_remove(0))?;
        let series = tracks.map_or_else(String::new, |t| format!("; {} award series with --tracks", t.tracks.len()));
        writeln!(out, "{name}: {}; {categories} categories, {criteria} criteria{series}", programme.settings.name)?;
    }
    Ok(Status::Done)
}

fn check(name: &str, format: Format) -> anyhow::Result<Status> {
    let inspected = Programme::inspect(name).and_then(|(programme, remarks)| {
        let tracks = Tracks::load(name)?;
        let own = tracks.iter().flat_map(|tracks| &tracks.tracks).filter(|track| track.name_of_programme != name);
        let own = own.map(|track| Ok(Programme::inspect(&track.name_of_programme)?.1));
        let own: Vec<Vec<Remark>> = own.collect::<Result<_, Vec<ProgrammeError>>>()?;
        let shown = Shown { tracks: tracks.as_ref().map_or_else(Vec::new, shown_tracks), ..Shown::from(&programme) };
        Ok((shown, [remarks, own.concat()].concat()))
    });
    let checked = match inspected {
        Ok((shown, remarks)) => Checked { valid: true, errors: Vec::new(), remarks, programme: Some(shown) },
        Err(mut errors) if matches!(errors[0], ProgrammeError::Unknown { .. }) => {
            return Err(errors.swap_remove(0).into());
        }
        Err(errors) => {
            let errors = errors.iter().map(ToString::to_string).collect();
            Checked { valid: false, errors, remarks: Vec::new(), programme: None }
        }
    };
    let mut out = std::io::stdout().lock();
    match format {
        Format::Json => writeln!(out, "{}", serde_json::to_string_pretty(&checked)?)?,
        Format::Text => out.write_all(text(&checked).as_bytes())?,
    }
    ensure!(checked.valid, "{name}: {} to mend before it can be used", counted(checked.errors.len(), "mistake"));
    Ok(Status::Done)
}

fn new(dir: &Path, language: LanguageArg) -> anyhow::Result<Status> {
    let is_filled = std::fs::read_dir(dir).is_ok_and(|mut entries| entries.next().is_some());
    if is_filled {
        bail!("{}: is not empty; give a new folder, nothing was written", dir.display());
    }
    let skeleton = match language {
        LanguageArg::Zh => SKELETON_ZH,
        LanguageArg::En => SKELETON_EN,
    };
    OutputFolder::plan(dir, true)?.fill(|staged| {
        for (name, text) in skeleton {
            std::fs::write(staged.join(name), text).with_context(|| format!("{name}: cannot be written"))?;
        }
        Ok(())
    })?;
    eprintln!("edit the files in {}, then: shortlister programme check {}", dir.display(), dir.display());
    Ok(Status::Done)
}

fn shown_tracks(tracks: &Tracks) -> Vec<ShownTrack> {
    let ids = |named: &[TrackIndex]| named.iter().map(|index| tracks.tracks[index.0].id.clone()).collect();
    let one = |track: &Track| ShownTrack {
        id: track.id.clone(),
        name: track.described.name.clone(),
        programme: track.name_of_programme.clone(),
        categories: track.programme.categories.len(),
        criteria: track.programme.criteria.len(),
        places: (0..track.programme.categories.len()).map(|index| track.programme.quota(CategoryIndex(index))).sum(),
        from: ids(&track.from),
        not_shortlisted_in: ids(&track.not_shortlisted_in),
    };
    tracks.tracks.iter().map(one).collect()
}

impl From<&Programme> for Shown {
    fn from(programme: &Programme) -> Self {
        let Programme { settings, categories, criteria, markers, exemplars, sha256 } = programme;
        let category = |(index, c): (usize, &Category)| ShownCategory {
            id: c.id.clone(),
            name: c.name.clone(),
            quota: programme.quota(CategoryIndex(index)),
            aliases: c.aliases.len(),
            prototypes: c.prototypes.len(),
            keywords: c.keywords.len(),
        };
        let criterion = |c: &Criterion| ShownCriterion {
            id: c.id.clone(),
            name: c.name.clone(),
            weight: c.weight,
            strong: c.strong.len(),
            weak: c.weak.len(),
        };
        let Markers { planned, outcome, slogan, solicitation } = markers;
        Self {
            id: settings.id.clone(),
            name: settings.name.clone(),
            name_en: settings.name_en.clone(),
            language: settings.language.into(),
            sha256: sha256.clone(),
            per_category: settings.selection.per_category,
            rescue_per_category: settings.selection.rescue_per_category,
            categories: categories.iter().enumerate().map(category).collect(),
            criteria: criteria.iter().map(criterion).collect(),
            floors: settings.selection.floors.clone(),
            signal_share: settings.signal_share,
            signals: settings.signals.clone(),
            channels: settings.channels.clone(),
            panel_share: settings.review.panel_share,
            channel_share: settings.review.channel_share,
            formula: in_words(settings),
            exemplars: exemplars.len(),
            markers: ShownMarkers {
                outcome: outcome.len(),
                planned: planned.len(),
                slogan: slogan.len(),
                solicitation: solicitation.len(),
            },
            tracks: Vec::new(),
        }
    }
}

fn text(checked: &Checked) -> String {
    let mut text = checked.programme.as_ref().map_or_else(String::new, shown);
    checked.errors.iter().for_each(|error| _ = writeln!(text, "error: {error}"));
    checked.remarks.iter().for_each(|remark| _ = writeln!(text, "worth a look: {remark}"));
    if checked.valid {
        _ = writeln!(text, "valid, {} worth a look", counted(checked.remarks.len(), "thing"));
    }
    text
}

fn shown(shown: &Shown) -> String {
    let mut text = String::new();
    let mut line = |content: String| _ = writeln!(text, "{content}");
    line(format!("{}: {}", shown.id, shown.name));
    line(format!("shortlisted in each category {}", shown.per_category));
    line(format!("drawn from below the line, for each category on average {}", shown.rescue_per_category));
    line(format!("\n{:>6} {:>9} {:>8} {:>7}  category", "quota", "sentences", "keywords", "aliases"));
    for ShownCategory { id, name, quota, aliases, prototypes, keywords } in &shown.categories {
        line(format!("{quota:>6} {prototypes:>9} {keywords:>8} {aliases:>7}  {id}: {name}"));
    }
    line(format!("\n{:>6} {:>9} {:>8}  criterion", "weight", "strong", "weak"));
    for ShownCriterion { id, name, weight, strong, weak } in &shown.criteria {
        line(format!("{:>4.0} % {strong:>9} {weak:>8}  {id}: {name}", 100.0 * weight));
    }
    for Floor { value, at_least, min_relevance, .. } in &shown.floors {
        line(format!("\nkept in each category: {at_least} for {value:?}, from relevance {min_relevance} on"));
    }
    for Signal { id, name, weight, .. } in &shown.signals {
        line(format!("\nsignal, up to {:.0} % of the relevance: {id}: {name}", 100.0 * weight * shown.signal_share));
    }
    if !shown.channels.is_empty() {
        line(format!("\n{:>6} {:>7}  channel", "score", "aliases"));
    }
    for Channel { id, name, aliases, score, .. } in &shown.channels {
        let score = score.map_or_else(|| "-".to_owned(), |score| score.to_string());
        line(format!("{score:>6} {:>7}  {id}: {name}", aliases.len()));
    }
    line(String::new());
    shown.formula.iter().for_each(|sentence| line(sentence.clone()));
    let ShownMarkers { outcome, planned, slogan, solicitation } = shown.markers;
    line(format!("\nmodel cases: {}", shown.exemplars));
    line(format!("phrases: {outcome} outcome, {planned} planned, {slogan} slogan, {solicitation} solicitation\n"));
    if !shown.tracks.is_empty() {
        line(format!("{:>10} {:>8} {:>6}  award series", "categories", "criteria", "places"));
    }
    for ShownTrack { id, name, programme, categories, criteria, places, from, not_shortlisted_in } in &shown.tracks {
        line(format!("{categories:>10} {criteria:>8} {places:>6}  {id}: {name} ({programme})"));
        for (what, named) in [("also takes those of", from), ("not who is shortlisted in", not_shortlisted_in)] {
            if !named.is_empty() {
                line(format!("{:>28}{what} {}", "", named.join(", ")));
            }
        }
    }
    text
}
