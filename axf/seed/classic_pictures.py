"""Our own pictures for classic goods and banners; the old ones' host is gone with the company."""

# For each child type (or type): words of a name and their picture, then the picture of the rest.
# The first word that occurs wins, so what a goods is stands before what it tastes of.
Rules = tuple[tuple[tuple[str, str], ...], str]

_BEER = ("啤酒 青岛 雪花 燕京 百威 哈尔滨", "generic-beer")
_CHIPS = "薯片 乐事 可比克 薯愿 呀土豆 好友趣 泡吧 薯条"
_RULES: dict[int, Rules] = {
    103532: ((("黄瓜", "generic-vegetable"), ("开椰器", "generic-household")), "generic-fruit"),
    103581: (
        (
            ("鸭", "generic-duck"),
            ("鸡", "generic-chicken"),
            ("蛋", "generic-egg"),
            ("鱼豆腐", "generic-tofu"),
            ("莲藕", "generic-vegetable"),
            ("肠", "generic-sausage"),
        ),
        "generic-meat",
    ),
    103537: ((("维他", "generic-milk"),), "generic-yoghurt"),
    103538: ((), "generic-milk"),
    103540: ((("面包", "generic-bread"),), "generic-cake"),
    103536: ((("酸", "generic-yoghurt"), ("面包", "generic-bread"), ("蛋糕", "generic-cake")), "generic-milk"),
    103550: ((), "generic-water"),
    103551: ((), "generic-juice"),
    103552: ((), "generic-soda"),
    103553: ((), "generic-energy"),
    103554: ((("咖啡", "generic-coffee"), ("酸梅汤 雪梨 柠檬5 柚子5", "generic-juice")), "generic-tea"),
    103555: ((_BEER, ("鸡尾酒", "generic-wine")), "generic-spirits"),
    103556: ((("茶", "generic-tea"),), "generic-imported"),
    104489: ((), "generic-milk"),
    104503: (
        (
            _BEER,
            ("白酒", "generic-spirits"),
            ("可乐 雪碧 芬达 汽水", "generic-soda"),
            ("茶", "generic-tea"),
            ("红牛", "generic-energy"),
            ("露露", "generic-milk"),
            ("橙多", "generic-juice"),
        ),
        "generic-water",
    ),
    103549: ((("茶", "generic-tea"), ("水", "generic-water")), "generic-juice"),
    103542: ((), "generic-nuts"),
    103543: (
        (
            (_CHIPS, "generic-chips"),
            ("波力海苔", "generic-seaweed"),
            ("鲅鱼 带鱼", "generic-seafood"),
            ("鱼豆腐 素肉", "generic-tofu"),
            ("锅巴 雪饼 小小酥 年糕 糯米 脆果 黄豆脆", "generic-biscuits"),
        ),
        "generic-chips",
    ),
    103544: (
        (
            ("百醇 百奇 百力滋 饼干 威化", "generic-biscuits"),
            ("软面包", "generic-bread"),
            ("派 蛋糕 Q蒂 瑞士卷 沙琪玛 提拉米苏 凤梨酥", "generic-cake"),
            ("蘑古力", "generic-chocolate"),
        ),
        "generic-biscuits",
    ),
    103545: ((("口香糖 薄荷 木糖醇", "generic-candy"), ("巧克力 麦丽素", "generic-chocolate")), "generic-candy"),
    103546: (
        (
            ("凤爪 鸡爪", "generic-chicken"),
            ("猪", "generic-meat"),
            ("话梅 果丹皮 山楂 柠檬 槟榔", "generic-dried-fruit"),
            ("豆干 香干 豆筋 素", "generic-tofu"),
            ("金针菇", "generic-vegetable"),
        ),
        "generic-jerky",
    ),
    103547: (
        (
            ("紫菜", "generic-seaweed"),
            ("玉米片 虾片", "generic-chips"),
            ("威化 99棒", "generic-biscuits"),
        ),
        "generic-imported",
    ),
    103541: ((), "generic-biscuits"),
    103558: ((), "generic-noodles"),
    103559: ((("蛋", "generic-egg"),), "generic-sausage"),
    103560: ((), "generic-pickles"),
    103561: ((("粥", "generic-oatmeal"),), "generic-can"),
    103562: ((), "generic-dumplings"),
    103563: ((("奶茶", "generic-tea"), ("咖啡", "generic-coffee"), ("豆奶", "generic-milk")), "generic-oatmeal"),
    103557: ((), "generic-noodles"),
    103570: ((("油", "generic-oil"),), "generic-rice"),
    103571: ((("底料 酵母", "generic-spice"), ("盐", "generic-salt")), "generic-sauce"),
    103572: ((), "generic-sauce"),
    103569: ((), "generic-sauce"),
    103576: (
        (
            ("牙膏 漱口水", "generic-toothpaste"),
            ("洗发", "generic-shampoo"),
            ("香皂 洗手液", "generic-soap"),
            ("棉片 花露水 SOD", "generic-household"),
        ),
        "generic-sanitary",
    ),
    103577: ((("洗衣", "generic-laundry"),), "generic-cleaning"),
    103578: ((), "generic-tissue"),
    103580: ((("电池", "generic-battery"), ("牙签", "generic-sticks")), "generic-household"),
    103575: ((), "generic-household"),
    104958: ((), "generic-ice-cream"),
}
ANY_GOODS = "generic-other"


def goods_picture(name: str, type_id: int, child_id: int | None) -> str:
    """Return the picture that fits a goods' name best within its child type, else within its type."""
    words, rest = _RULES.get(child_id or type_id) or _RULES.get(type_id) or ((), ANY_GOODS)
    for some, picture in words:
        if any(word in name for word in some.split()):
            return picture
    return rest
