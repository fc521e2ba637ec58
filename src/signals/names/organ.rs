//! What a unit does, in one form: 人社厅 and 人力资源和社会保障厅 are one.

/// Words with which the organ begins, wherever a name has them. Those of places (城市 in 城市管理) keep 市 from being
/// taken for a suffix.
const BEGINNINGS: &str = "人民政府 政府 管理委员会 管委会 办事处 行政公署 行署 市场监督 市场监管 市监局 发展和改革 发展改革 发改 人力资源 人社 \
    卫生健康 卫健 住房 住建 医疗保障 医保 文化 文旅 文联 经济和信息化 经信 工业和信息化 工信 城市 城乡 城管 政务 政数 行政 审批 大数据 数据 \
    网络安全 网信 交通 应急 公安 民政 财政 教育 税务 国家税务 司法 自然资源 规划 生态环境 环境保护 水务 水利 农业农村 商务 审计 统计 信访 \
    退役军人 机关事务 综合 营商环境 12345 便民 市民 纪律检查 纪委 监察 监委 人民法院 人民检察院 社区 乡村 \
    科学技术 科技 数字 委政法 委网络 委网信 委办公 委宣传 委组织";

/// The same after a level that belongs to the place: 昆山市 in 昆山市委.
const AFTER_LEVEL: [&str; 6] = ["省委", "市委", "区委", "县委", "州委", "市政务"];

/// Short names with the long ones they stand for, in front of what ends an organ.
const SHORT: [(&str, &str); 21] = [
    ("人社", "人力资源社会保障"),
    ("发改", "发展改革"),
    ("卫健", "卫生健康"),
    ("住建", "住房城乡建设"),
    ("市监", "市场监督"),
    ("市场监管", "市场监督"),
    ("医保", "医疗保障"),
    ("文旅", "文化旅游"),
    ("经信", "经济信息化"),
    ("工信", "工业信息化"),
    ("城管", "城市"),
    ("城管执法", "城市执法"),
    ("政数", "政务数据"),
    ("网信", "网络安全信息化"),
    ("交通", "交通运输"),
    ("民宗", "民族宗教"),
    ("机管", "机关"),
    ("科技", "科学技术"),
    ("规自", "规划自然资源"),
    ("政法委", "政法"),
    ("环保", "环境保护"),
];

/// Words that one form of a name has and another leaves out.
const FILLERS: [&str; 9] = ["和", "与", "及", "管理", "服务", "行政", "综合", "事务", "发展"];

/// What an organ of government ends in, the longest first.
const CLASSES: [&str; 9] = ["总局", "中心", "局", "厅", "委", "部", "办", "署", "处"];

/// What other bodies end in.
const BODIES: [&str; 21] = [
    "公司",
    "集团",
    "大学",
    "学院",
    "学校",
    "医院",
    "法院",
    "检察院",
    "银行",
    "院",
    "会",
    "室",
    "组",
    "队",
    "站",
    "所",
    "馆",
    "社",
    "联",
    "台",
    "小组",
];

/// The government of a place, which the place alone stands for.
const GOVERNMENTS: [&str; 8] = ["", "人民政府", "政府", "管理委员会", "管委会", "办事处", "行政公署", "行署"];

/// Where in `text` the organ begins, if a known word says so.
pub(super) fn start(text: &str) -> Option<usize> {
    let own = BEGINNINGS.split_ascii_whitespace().filter_map(|word| text.find(word));
    let level = |word: &str| word.chars().next().map_or(0, char::len_utf8);
    own.chain(AFTER_LEVEL.iter().filter_map(|word| Some(text.find(word)? + level(word)))).min()
}

/// Whether `text` ends as organs do.
pub(super) fn ends_as_organ(text: &str) -> bool {
    CLASSES.iter().chain(&BODIES).any(|class| text.ends_with(class))
}

/// Whether a tax office goes on with `rest`.
pub(super) fn is_tax(rest: &str) -> bool {
    rest.ends_with("税务局")
}

/// One form for all names of an organ; empty for a government. `of_street`: 办 is the office of a street.
pub(super) fn canonical(text: &str, of_street: bool) -> String {
    if GOVERNMENTS.contains(&text) || (of_street && text == "办") {
        return String::new();
    }
    let text = text.strip_prefix("人民").filter(|rest| rest.starts_with("政府")).unwrap_or(text);
    if matches!(text, "政府办公厅" | "政府办公室" | "政府办") {
        return "政府办".to_owned();
    }
    let text = text
        .replace("纪律检查委员会", "纪委")
        .replace("监察委员会", "监委")
        .replace("监察委", "监委")
        .replace("委员会办公室", "办")
        .replace("委员会", "委")
        .replace("办公室", "办")
        .replace("总局", "局")
        .replace("有限责任公司", "有限公司");
    let text = text.strip_prefix('委').filter(|rest| !matches!(*rest, "" | "办" | "办公厅")).unwrap_or(&text);
    let Some(class) = CLASSES.iter().find(|class| text.ends_with(*class)) else { return text.to_owned() };
    let stem = &text[..text.len() - class.len()];
    let long = SHORT.iter().find(|(short, _)| *short == stem).map_or(stem, |(_, long)| *long);
    let long = long.replace("监督管理", "监督").replace("监管", "监督");
    let bare = FILLERS.iter().fold(long.clone(), |stem, filler| stem.replace(filler, ""));
    format!("{}{class}", if bare.is_empty() { long } else { bare })
}
