//! Invented rankings for the report tests: no model, no clock, the same every time.

use std::collections::BTreeMap;

use shortlister::classify::{Classification, Decision};
use shortlister::intake::InputFile;
use shortlister::neighbours::{Neighbour, Origin};
use shortlister::nomination::{Flag, Nomination, NominationId, Rejection, SourceRef};
use shortlister::programme::{
    Category, CategoryIndex, Criterion, CriterionIndex, DecisionRule, Language, Markers, Programme, RelevanceScale,
    ReviewRule, Selection, Settings,
};
use shortlister::report::{
    Counts, ModelRecord, ProgrammeRecord, RUN_SCHEMA, Report, RunOptions, RunRecord, StageTiming,
};
use shortlister::score::{Assessment, CriterionScore, Evidence, Example, Grounds, Phrases, Side, Telling};
use shortlister::select::sensitivity::{Change, Moved, Sensitivity};
use shortlister::select::{Placement, RankedNomination, Ranking, Status};

pub const CRITERIA: [(&str, &str, &str); 5] = [
    ("management", "管理", "Management"),
    ("service", "服务", "Service"),
    ("design", "设计", "Design"),
    ("distinction", "特色", "Distinction"),
    ("application", "实际应用", "Use in practice"),
];

const SEVEN: [(&str, &str, &str); 7] = [
    ("digital-governance", "数字治理", "Digital governance"),
    ("hotline", "政务便民热线", "Citizen hotlines"),
    ("internet-services", "“互联网+政务服务”", "Internet plus government services"),
    ("service-hall", "政务服务大厅", "Service halls"),
    ("business-environment", "优化营商环境", "Business environment"),
    ("artificial-intelligence", "人工智能应用", "Artificial intelligence"),
    ("data-sharing", "数据共享开放", "Data sharing"),
];

const TITLES: [&str; 14] = [
    "“一网统管”城市运行指挥平台",
    "12345热线“接诉即办”闭环改革",
    "跨省通办“云窗口”",
    "24小时无人值守政务驿站",
    "惠企政策“免申即享”兑付系统",
    "基层治理“一表通”减负应用",
    "政务大模型智能问答助手“小政”",
    "公共数据授权运营平台",
    "高效办成“新生儿出生一件事”",
    "社区网格与物业联动处置机制",
    "工程建设项目全流程在线审批",
    "老年人助餐服务数字化监管",
    "企业开办“半日办结”集成服务",
    "乡镇便民服务站帮办代办体系建设与标准化服务规范推广应用实践探索",
];

const SENTENCES: [&str; 12] = [
    "平台自2021年6月上线以来，已接入公安、城管、水务等32个部门的118类数据，日均处置事件4200余件。",
    "建立“街道吹哨、部门报到”工作制度，明确首接负责、限时办结和回访评价三项责任。",
    "群众办理时间由原来的7个工作日压缩到平均1.5个工作日，申请材料减少62%。",
    "针对老年人和残障人士，设置大字版、语音版界面，并在48个村居安排帮办代办员。",
    "创新采用“事件码”串联发现、派单、处置、核查全过程，同一事项不再重复采集。",
    "该做法已被省内5个地市采用，2023年被列为全省数字化改革典型案例。",
    "下一步，将继续深化应用，力争三年内实现全域覆盖。",
    "系统运行期间经第三方测评，满意率由86.3%提高到97.1%。",
    "项目由区大数据中心牵头，财政投入380万元，每年运维费用较分散建设节约约120万元。",
    "通过知识图谱把政策条款与企业画像逐条匹配，符合条件的企业无需申报，资金直接拨付。",
    "坚持以人民为中心，高位推动、高标准谋划、高质量落实。",
    "页面按事项办理的先后次序组织，首次使用者平均4分钟即可完成填报。",
];

const REGIONS: [&str; 17] = [
    "浙江省杭州市",
    "广东省深圳市",
    "四川省成都市",
    "江苏省苏州市",
    "山东省青岛市",
    "北京市",
    "上海市",
    "湖北省武汉市",
    "浙江省宁波市",
    "河南省郑州市",
    "广西壮族自治区南宁市",
    "福建省厦门市",
    "贵州省贵阳市",
    "重庆市",
    "陕西省西安市",
    "安徽省合肥市",
    "",
];

const LEVELS: [&str; 5] = ["区县级", "地市级", "省级", "乡镇级", "区县级"];

/// A programme of `categories` (id, name, English name) with `quota` places each.
pub fn programme(categories: &[(&str, &str, &str)], quota: usize) -> Programme {
    let category = |&(id, name, name_en): &(&str, &str, &str)| Category {
        id: id.into(),
        name: name.into(),
        name_en: name_en.into(),
        about: format!("{name}方面的做法和成效"),
        ..Category::default()
    };
    let criterion = |(id, name, name_en): (&str, &str, &str)| Criterion {
        id: id.into(),
        name: name.into(),
        name_en: name_en.into(),
        weight: 0.2,
        question: String::new(),
        question_en: String::new(),
        strong: vec!["强".into()],
        weak: vec!["弱".into()],
    };
    Programme {
        settings: Settings {
            id: "invented-2023".into(),
            name: "2023年数字政府十佳创新案例".into(),
            name_en: "Ten best innovation cases, 2023".into(),
            language: Language::Zh,
            selection: Selection { per_category: quota, rescue_per_category: 1, floors: Vec::new() },
            decision: DecisionRule { min_margin: 0.15, min_secondary: 0.25, temperature: 0.05, min_characters: 80 },
            relevance: RelevanceScale::default(),
            review: ReviewRule::default(),
            signal_share: 0.0,
            signals: Vec::new(),
            channels: Vec::new(),
        },
        categories: categories.iter().map(category).collect(),
        criteria: CRITERIA.map(criterion).into(),
        markers: Markers::default(),
        exemplars: Vec::new(),
        sha256: "a".repeat(64),
    }
}

/// One case; `seed` chooses its words and figures, `rank` lowers its relevance.
pub fn entry(categories: usize, category: usize, rank: usize, status: Status, seed: usize) -> RankedNomination {
    let picked: Vec<&str> = (0..6 + seed % 5).map(|i| SENTENCES[(seed * 5 + i * 7 + i) % SENTENCES.len()]).collect();
    let text = picked.chunks(3).map(|paragraph| paragraph.concat()).collect::<Vec<_>>().join("\n");
    let title = TITLES[seed % TITLES.len()];
    let relevance = (92.0 - 3.1 * rank as f32 - (seed % 3) as f32).max(3.0);
    let source =
        SourceRef {
            sheet: Some("申报汇总".into()), row: Some(seed as u32 + 2), ..SourceRef::file("申报表.xlsx")
        };
    let criteria = (0..CRITERIA.len()).map(|k| {
        let sentence = picked[(k + k / 3) % picked.len()];
        let start = text.find(sentence).unwrap();
        CriterionScore {
            criterion: CriterionIndex(k),
            score: (relevance + 9.0 * ((seed + k * 3) % 5) as f32 - 18.0).clamp(0.0, 100.0),
            evidence: vec![Evidence {
                text: sentence.into(),
                range: Some(start..start + sentence.len()),
                source: format!("{source}, sentence {}", k + 1),
                score: relevance,
            }],
            grounds: grounds(relevance, sentence),
        }
    });
    let mut probabilities = vec![0.3 / (categories - 1) as f32; categories];
    probabilities[category] = 0.7;
    RankedNomination {
        assessment: Assessment {
            criteria: criteria.collect(),
            relevance,
            novelty: 40.0 + (seed * 7 % 55) as f32,
            coverage: 1.0,
            resampled_relevance: Vec::new(),
            signals: Vec::new(),
        },
        nomination: Nomination {
            id: NominationId::new(format!("A{:03}", (seed * 37) % 1000)),
            title: title.into(),
            unit: format!("{}第{}大数据发展管理局", ["滨江", "临川", "安和", "新桥"][seed % 4], seed),
            region: REGIONS[(seed * 3) % REGIONS.len()].into(),
            level: LEVELS[seed % LEVELS.len()].into(),
            channel: String::new(),
            declared_category: String::new(),
            declared_track: String::new(),
            url: String::new(),
            text,
            signals: BTreeMap::new(),
            grade: None,
            truncated_chars: 0,
            source,
            attachments: Vec::new(),
            flags: Vec::new(),
        },
        classification: Classification {
            probabilities,
            category: CategoryIndex(category),
            margin: 0.4,
            decision: Decision::Assigned,
            secondary: Vec::new(),
        },
        placement: Placement {
            category: CategoryIndex(category),
            rank,
            rank_interval: (rank.saturating_sub(2).max(1), rank + 2),
            status,
            duplicate_of: None,
            floor: None,
        },
        neighbours: Vec::new(),
    }
}

fn grounds(relevance: f32, sentence: &str) -> Grounds {
    let side = if relevance >= 50.0 { Side::Strong } else { Side::Weak };
    Grounds {
        passages: 7,
        strong: if side == Side::Strong { 5 } else { 2 },
        telling: sentence.contains("62%").then(|| Telling { is_change: true, clause: "申请材料减少62%".into() }),
        planned: (side == Side::Weak).then(|| Phrases { passages: 2, first: "力争".into() }),
        slogan: None,
        word_lists: 0,
        example: Some(Example { side, sentence: "方案中的示例句".into() }),
    }
}

/// Three categories, twelve nominations, everything that can go wrong with one of them.
pub struct Batch {
    pub programme: Programme,
    pub ranking: Ranking,
    pub rejections: Vec<Rejection>,
    pub run: RunRecord,
    pub sensitivity: Sensitivity,
}

impl Batch {
    pub fn report(&self, language: Language) -> Report<'_> {
        Report {
            programme: &self.programme,
            ranking: &self.ranking,
            rejections: &self.rejections,
            run: &self.run,
            adapted_head: None,
            signals: None,
            sensitivity: &self.sensitivity,
            language,
        }
    }

    pub fn entry_mut(&mut self, id: &str) -> &mut RankedNomination {
        self.ranking.entries.iter_mut().find(|e| e.nomination.id.as_str() == id).unwrap()
    }

    fn recount(&mut self) {
        self.run = run(&self.programme, &self.ranking, &self.rejections);
    }

    fn of(programme: Programme, entries: Vec<RankedNomination>, rejections: Vec<Rejection>) -> Self {
        let ranking = Ranking { entries };
        let run = run(&programme, &ranking, &rejections);
        let sensitivity = sensitivity(&programme);
        Self { programme, ranking, rejections, run, sensitivity }
    }
}

/// Invented: with the first criterion a fifth heavier, N-1 of the first category would change places with S-2.
fn sensitivity(programme: &Programme) -> Sensitivity {
    let unmoved = vec![Change { places: 2, ..Change::default() }; programme.categories.len()];
    let moves = programme.moves_of_relevance();
    let mut moves: Vec<Moved> = std::iter::once(None)
        .chain(moves.into_iter().map(Some))
        .map(|by| Moved { by, categories: unmoved.clone() })
        .collect();
    let swapped = &mut moves[1].categories[0];
    swapped.enter = vec![NominationId::new("N-1")];
    swapped.leave = vec![NominationId::new("S-2")];
    swapped.largest_move = 1;
    Sensitivity { moves }
}

/// The batch of the snapshots. Near miss N-1 and rescue case R-1 are both in the first category.
pub fn small() -> Batch {
    use Status::{BelowLine, Duplicate, NearMiss, Rescue, Shortlisted};
    let plan: [(&str, usize, usize, Status); 12] = [
        ("S-1", 0, 1, Shortlisted),
        ("S-2", 0, 2, Shortlisted),
        ("N-1", 0, 3, NearMiss),
        ("B-1", 0, 4, BelowLine),
        ("R-1", 0, 5, Rescue),
        ("B-2", 0, 6, BelowLine),
        ("D-1", 0, 7, Duplicate),
        ("S-3", 1, 1, Shortlisted),
        ("S-4", 1, 2, Shortlisted),
        ("N-2", 1, 3, NearMiss),
        ("B-3", 1, 4, BelowLine),
        ("S-5", 2, 1, Shortlisted),
    ];
    let entries = plan.iter().enumerate().map(|(seed, &(id, category, rank, status))| {
        let mut entry = entry(3, category, rank, status, seed);
        entry.nomination.id = NominationId::new(id);
        entry
    });
    let programme = programme(
        &[
            ("digital-governance", "数字治理", "Digital governance"),
            ("internet-services", "“互联网+政务服务”", "Internet plus government services"),
            ("hall", "政务大厅/窗口:[综合]", "Halls"),
        ],
        2,
    );
    let mut batch = Batch::of(programme, entries.collect(), rejections());
    batch.entry_mut("D-1").placement.duplicate_of = Some(NominationId::new("S-1"));
    make_peculiar(&mut batch);
    batch.recount();
    batch
}

fn make_peculiar(batch: &mut Batch) {
    let open = batch.entry_mut("S-2");
    open.classification.decision = Decision::NeedsHuman;
    open.classification.probabilities = vec![0.441_237, 0.401_99, 0.156_773];
    open.classification.margin = 0.039_247;
    open.classification.secondary = vec![CategoryIndex(1)];
    open.nomination.declared_category = "政务便民热线".into();
    open.nomination.flags = vec![Flag::DeclaredCategoryUnknown, Flag::TooShort];

    let hostile = batch.entry_mut("S-3");
    hostile.nomination.title = "=HYPERLINK(\"http://x.invalid\")<script>alert('题')</script>".into();
    hostile.nomination.unit = "@SUM(A1:A9)".into();
    hostile.nomination.region = "\"><img src=x onerror=alert(1)>".into();
    hostile.nomination.url = "javascript:alert(1)".into();
    hostile.nomination.text.insert_str(0, "</details><script>alert(2)</script>\n");
    let shift = "</details><script>alert(2)</script>\n".len();
    for criterion in &mut hostile.assessment.criteria {
        for evidence in &mut criterion.evidence {
            let range = evidence.range.clone().unwrap();
            evidence.range = Some(range.start + shift..range.end + shift);
        }
    }
    hostile.nomination.flags = vec![Flag::Solicitation];
    hostile.assessment.coverage = 0.8312;

    let near = |origin, id: &str, similarity, is_same_case| Neighbour {
        origin,
        id: NominationId::new(id),
        title: format!("相近的案例{id}"),
        source: SourceRef::file("往年.jsonl"),
        similarity,
        is_same_case,
        matches: Vec::new(),
    };
    batch.entry_mut("S-1").neighbours = vec![
        near(Origin::Library, "2022-17", 93.4, true),
        near(Origin::Library, "2021-4", 61.2, false),
        near(Origin::Batch, "B-1", 71.5, false),
    ];
    batch.entry_mut("B-2").neighbours = vec![near(Origin::Batch, "R-1", 41.0, false)];

    let linked = batch.entry_mut("S-4");
    linked.nomination.url = "https://gov.invalid/case?a=1&b=2".into();
    linked.classification.secondary = vec![CategoryIndex(2)];

    batch.entry_mut("B-3").nomination.title = "-2+3+cmd|' /C calc'!A0".into();
    batch.entry_mut("N-2").nomination.region = String::new();
}

/// Seven categories and twenty nominations each: what a page looks like.
pub fn middle() -> Batch {
    let mut batch = generated(140, 10);
    for (i, entry) in batch.ranking.entries.iter_mut().enumerate() {
        if i % 9 == 4 {
            entry.nomination.flags = vec![Flag::DeclaredCategoryDiffers];
            entry.nomination.declared_category = "政务服务大厅".into();
        }
        if i % 13 == 2 {
            entry.classification.decision = Decision::NeedsHuman;
        }
        if i % 11 == 6 {
            entry.classification.secondary = vec![CategoryIndex((entry.placement.category.0 + 1) % 7)];
        }
        if i % 17 == 3 {
            entry.nomination.flags.push(Flag::MostlyPlanned);
        }
    }
    batch
}

/// `n` nominations over seven categories, `quota` places each.
pub fn generated(n: usize, quota: usize) -> Batch {
    let per_category = n.div_ceil(SEVEN.len());
    let entries = (0..n).map(|seed| {
        let (category, rank) = (seed / per_category, seed % per_category + 1);
        let status = match rank {
            rank if rank <= quota => Status::Shortlisted,
            rank if rank <= quota + quota.div_ceil(5) => Status::NearMiss,
            rank if rank == per_category => Status::Rescue,
            rank if rank + 1 == per_category => Status::Duplicate,
            _ => Status::BelowLine,
        };
        let mut entry = entry(SEVEN.len(), category, rank, status, seed);
        entry.nomination.id = NominationId::new(format!("2023-{:04}", (seed * 387) % n.next_power_of_two()));
        entry
    });
    let mut entries: Vec<_> = entries.collect();
    for at in 0..n {
        if entries[at].placement.status == Status::Duplicate {
            let first = at - (entries[at].placement.rank - 1);
            entries[at].placement.duplicate_of = Some(entries[first].nomination.id.clone());
        }
    }
    Batch::of(programme(&SEVEN, quota), entries, rejections())
}

fn rejections() -> Vec<Rejection> {
    vec![
        Rejection {
            source: SourceRef {
                sheet: Some("申报汇总".into()), row: Some(37), ..SourceRef::file("申报表.xlsx")
            },
            id: Some("A-037".into()),
            title: None,
            reason: "案例名称和正文都是空的".into(),
            remedy: "请申报单位补填“案例简介”后重新提交".into(),
        },
        Rejection {
            source: SourceRef { page: Some(3), ..SourceRef::file("补报/=1+1.docx") },
            id: None,
            title: Some("+86 <b>推荐</b>, \"第一\"".into()),
            reason: "不是有效的 .docx 文件".into(),
            remedy: "用 Word 打开另存一次".into(),
        },
    ]
}

fn run(programme: &Programme, ranking: &Ranking, rejections: &[Rejection]) -> RunRecord {
    RunRecord {
        schema: RUN_SCHEMA,
        program_version: "0.1.0".into(),
        started_at: "2023-11-20T09:30:00+08:00".into(),
        options: RunOptions {
            inputs: vec!["申报表.xlsx".into()],
            library: Vec::new(),
            programme: programme.settings.id.clone(),
            tracks: false,
            track: None,
            model: "multilingual-e5-small".into(),
            head: None,
            top: None,
            seed: 42,
            threads: 2,
            adapt: false,
            map: None,
            redact: false,
            folder_per_nomination: false,
            language: Language::Zh,
            signals: Vec::new(),
            aliases: None,
        },
        configuration_sha256: String::new(),
        inputs: vec![InputFile {
            path: "申报表.xlsx".into(),
            sha256: "b".repeat(64),
            bytes: 20_480,
            records: ranking.entries.len() + 1,
            rejected: 1,
            linked: 0,
            archive: None,
        }],
        library: Vec::new(),
        signals: None,
        channels: None,
        model: ModelRecord {
            name: "multilingual-e5-small".into(),
            sha256: "c".repeat(64),
            engine: "f32".into(),
            dimension: 384,
        },
        head: None,
        adaptation: None,
        programme: ProgrammeRecord {
            id: programme.settings.id.clone(),
            sha256: programme.sha256.clone(),
            exemplars: 0,
        },
        tracks: Vec::new(),
        counts: Counts::tally(1, ranking.entries.len() + rejections.len(), ranking, rejections),
        timings: vec![StageTiming { stage: "embed".into(), elapsed_ms: 1_234 }],
        outputs: Vec::new(),
    }
}
