"""RetailRocket: events, and items whose newest snapshot counts."""

from datetime import UTC, datetime

from zhiyin.core import Event, Item

EVENTS = """timestamp,visitorid,event,itemid,transactionid
1433221332117,257597,view,355908,
1433221999827,111016,addtocart,318965,
1433222276276,599528,transaction,356475,4000
1433222276276,599528,wave,356475,4000
"""
PART1 = """timestamp,itemid,property,value
1435460400000,355908,categoryid,1338
1435460400000,355908,available,1
1435460400000,355908,888,1116713 960601 n277.200
"""
PART2 = """timestamp,itemid,property,value
1438460400000,355908,available,0
1431226800000,355908,categoryid,7
never,355908,888,old
1431226800000,9,790,n15360.000
"""
TREE = "categoryid,parentid\n1338,213\n213,5\n5,\n"


def test_three_behaviours_are_three_kinds(lay, bring) -> None:
    brought = bring("retailrocket", lay({"events.csv": EVENTS}))
    assert [e.kind for e in brought.events] == ["view", "cart", "buy"]
    bought = brought.of("buy")[0]
    assert bought == Event(
        id=bought.id,
        shopper="599528",
        item="356475",
        kind="buy",
        time=datetime(2015, 6, 2, 5, 17, 56, 276000, tzinfo=UTC),
        session="4000",
    )
    assert brought.refused == 1


def test_the_newest_snapshot_counts_over_both_files(lay, bring) -> None:
    folder = lay(
        {
            "events.csv": EVENTS,
            "item_properties_part1.csv": PART1,
            "item_properties_part2.csv": PART2,
            "category_tree.csv": TREE,
        }
    )
    items = bring("retailrocket", folder).items
    assert items["355908"] == Item(
        id="355908",
        category=("5", "213", "1338"),
        stock=0,
        attributes={"888": "1116713 960601 n277.200"},
    )
    assert items["9"] == Item(id="9", attributes={"790": "n15360.000"})


def test_a_tree_that_bites_its_tail_ends(lay, bring) -> None:
    tree = "categoryid,parentid\n1338,7\n7,1338\n"
    folder = lay({"item_properties_part1.csv": PART1, "category_tree.csv": tree})
    assert bring("retailrocket", folder).items["355908"].category == ("7", "1338")
