"""The home page: 轮播 wheel, 导航 nav, 必购 mustbuy, 商店 shop blocks, 主打 main shows."""
