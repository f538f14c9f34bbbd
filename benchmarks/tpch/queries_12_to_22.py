"""TPC-H's queries 12 to 22 as pipelines."""

from benchmarks.tpch.drawing import Drawing
from benchmarks.tpch.queries_1_to_11 import REVENUE


def q12(d: Drawing) -> None:
    late = (
        "l_shipmode IN ('MAIL', 'SHIP') AND l_commitdate < l_receiptdate AND l_shipdate < l_commitdate "
        "AND l_receiptdate >= DATE '1994-01-01' AND l_receiptdate < DATE '1995-01-01'"
    )
    items = d.join(d.filter(d.table("lineitem"), late), d.table("orders"), "l_orderkey", "o_orderkey")
    urgent = "CASE WHEN o_orderpriority IN ('1-URGENT', '2-HIGH') THEN 1 ELSE 0 END"
    items = d.add(items, is_high=urgent, is_low="1 - is_high")
    summary = d.aggregate(items, "l_shipmode", high_line_count="sum is_high", low_line_count="sum is_low")
    d.load(d.sort(summary, "l_shipmode"))


def q13(d: Drawing) -> None:
    """A condition in a left join's ON is a filter in front of its right side."""
    orders = d.filter(d.table("orders"), "o_comment NOT LIKE '%special%requests%'")
    customers = d.join(d.table("customer"), orders, "c_custkey", "o_custkey", "left")
    counted = d.aggregate(customers, "c_custkey", c_count="count o_orderkey")
    d.load(d.sort(d.aggregate(counted, "c_count", custdist="count"), "-custdist", "-c_count"))


def q14(d: Drawing) -> None:
    items = d.filter(d.table("lineitem"), "l_shipdate >= DATE '1995-09-01' AND l_shipdate < DATE '1995-10-01'")
    items = d.add(d.join(items, d.table("part"), "l_partkey", "p_partkey"), volume=REVENUE)
    items = d.add(items, promoted="CASE WHEN p_type LIKE 'PROMO%' THEN volume ELSE 0 END")
    sums = d.aggregate(items, promoted="sum promoted", volume="sum volume")
    d.load(d.select(d.add(sums, promo_revenue="100.00 * promoted / volume"), "promo_revenue"))


def q15(d: Drawing) -> None:
    items = d.filter(d.table("lineitem"), "l_shipdate >= DATE '1996-01-01' AND l_shipdate < DATE '1996-04-01'")
    revenue = d.aggregate(d.add(items, volume=REVENUE), "l_suppkey", total_revenue="sum volume")
    best = d.aggregate(revenue, largest="max total_revenue")
    chosen = d.join(revenue, best, "total_revenue", "largest", "semi")
    suppliers = d.join(d.table("supplier"), chosen, "s_suppkey", "l_suppkey")
    wanted = d.select(suppliers, "s_suppkey", "s_name", "s_address", "s_phone", "total_revenue")
    d.load(d.sort(wanted, "s_suppkey"))


def q16(d: Drawing) -> None:
    """NOT IN is an anti join: no supplier has an empty key."""
    parts = "p_brand <> 'Brand#45' AND p_type NOT LIKE 'MEDIUM POLISHED%' AND p_size IN (49, 14, 23, 45, 19, 3, 36, 9)"
    offers = d.join(d.table("partsupp"), d.filter(d.table("part"), parts), "ps_partkey", "p_partkey")
    complained = d.filter(d.table("supplier"), "s_comment LIKE '%Customer%Complaints%'")
    offers = d.join(offers, complained, "ps_suppkey", "s_suppkey", "anti")
    summary = d.aggregate(offers, "p_brand p_type p_size", supplier_cnt="count_distinct ps_suppkey")
    d.load(d.sort(summary, "-supplier_cnt", "p_brand", "p_type", "p_size"))


def q17(d: Drawing) -> None:
    """A sub-query that looks at the outer row is an aggregate by its key, joined back."""
    parts = d.filter(d.table("part"), "p_brand = 'Brand#23' AND p_container = 'MED BOX'")
    items = d.join(d.table("lineitem"), parts, "l_partkey", "p_partkey", "semi")
    usual = d.aggregate(items, "l_partkey", usual="mean l_quantity")
    small = d.filter(d.join(items, usual, "l_partkey"), "l_quantity < 0.2 * usual")
    total = d.aggregate(small, total="sum l_extendedprice")
    d.load(d.select(d.add(total, avg_yearly="total / 7.0"), "avg_yearly"))


def q18(d: Drawing) -> None:
    large = d.aggregate(d.table("lineitem"), "l_orderkey", ordered="sum l_quantity")
    large = d.filter(large, "ordered > 300")
    orders = d.join(d.table("orders"), large, "o_orderkey", "l_orderkey", "semi")
    orders = d.join(orders, d.table("customer"), "o_custkey", "c_custkey")
    items = d.join(d.table("lineitem"), orders, "l_orderkey", "o_orderkey")
    groups = "c_name o_custkey l_orderkey o_orderdate o_totalprice"
    summary = d.rename(
        d.aggregate(items, groups, quantity="sum l_quantity"), o_custkey="c_custkey", l_orderkey="o_orderkey"
    )
    d.load(d.sort(summary, "-o_totalprice", "o_orderdate", limit=100))


def q19(d: Drawing) -> None:
    """Conditions over both sides of a join are a filter behind it."""
    items = "l_shipinstruct = 'DELIVER IN PERSON' AND l_shipmode IN ('AIR', 'AIR REG')"
    kinds = (
        ("Brand#12", "'SM CASE', 'SM BOX', 'SM PACK', 'SM PKG'", "1 AND 11", "1 AND 5"),
        ("Brand#23", "'MED BAG', 'MED BOX', 'MED PKG', 'MED PACK'", "10 AND 20", "1 AND 10"),
        ("Brand#34", "'LG CASE', 'LG BOX', 'LG PACK', 'LG PKG'", "20 AND 30", "1 AND 15"),
    )
    either = " OR ".join(
        f"(p_brand = '{brand}' AND p_container IN ({containers}) AND l_quantity BETWEEN {quantity} "
        f"AND p_size BETWEEN {size})"
        for brand, containers, quantity, size in kinds
    )
    sold = d.join(d.filter(d.table("lineitem"), items), d.table("part"), "l_partkey", "p_partkey")
    d.load(d.aggregate(d.add(d.filter(sold, either), volume=REVENUE), revenue="sum volume"))


def q20(d: Drawing) -> None:
    shipped = d.filter(d.table("lineitem"), "l_shipdate >= DATE '1994-01-01' AND l_shipdate < DATE '1995-01-01'")
    shipped = d.aggregate(shipped, "l_partkey l_suppkey", quantity="sum l_quantity")
    forest = d.filter(d.table("part"), "p_name LIKE 'forest%'")
    stock = d.join(d.table("partsupp"), forest, "ps_partkey", "p_partkey", "semi")
    stock = d.join(stock, shipped, "ps_partkey ps_suppkey", "l_partkey l_suppkey")
    stock = d.filter(stock, "ps_availqty > 0.5 * quantity")
    canada = d.filter(d.table("nation"), "n_name = 'CANADA'")
    suppliers = d.join(d.table("supplier"), canada, "s_nationkey", "n_nationkey", "semi")
    suppliers = d.join(suppliers, stock, "s_suppkey", "ps_suppkey", "semi")
    d.load(d.sort(d.select(suppliers, "s_name", "s_address"), "s_name"))


def q21(d: Drawing) -> None:
    """Another supplier of the order, and none other late: smallest and largest supplier key of each order tell both."""
    items = d.table("lineitem")
    late = d.filter(items, "l_receiptdate > l_commitdate")
    failed = d.filter(d.table("orders"), "o_orderstatus = 'F'")
    saudi_arabia = d.filter(d.table("nation"), "n_name = 'SAUDI ARABIA'")
    suppliers = d.join(d.table("supplier"), saudi_arabia, "s_nationkey", "n_nationkey", "semi")
    waiting = d.join(late, failed, "l_orderkey", "o_orderkey", "semi")
    waiting = d.join(waiting, suppliers, "l_suppkey", "s_suppkey")
    of_their_orders = d.join(items, waiting, "l_orderkey", kind="semi")
    several = _suppliers_of_orders(d, of_their_orders, "smallest <> largest")
    late_there = d.filter(of_their_orders, "l_receiptdate > l_commitdate")
    one_late = _suppliers_of_orders(d, late_there, "smallest = largest")
    waiting = d.join(waiting, several, "l_orderkey", kind="semi")
    waiting = d.join(waiting, one_late, "l_orderkey", kind="semi")
    d.load(d.sort(d.aggregate(waiting, "s_name", numwait="count"), "-numwait", "s_name", limit=100))


def q22(d: Drawing) -> None:
    codes = "substring(c_phone, 1, 2) IN ('13', '31', '23', '29', '30', '18', '17')"
    customers = d.filter(d.table("customer"), codes)
    usual = d.aggregate(d.filter(customers, "c_acctbal > 0.00"), usual="mean c_acctbal")
    rich = d.filter(d.join(customers, usual, kind="cross"), "c_acctbal > usual")
    rich = d.join(rich, d.table("orders"), "c_custkey", "o_custkey", "anti")
    rich = d.add(rich, cntrycode="substring(c_phone, 1, 2)")
    summary = d.aggregate(rich, "cntrycode", numcust="count", totacctbal="sum c_acctbal")
    d.load(d.sort(summary, "cntrycode"))


def _suppliers_of_orders(d: Drawing, items: str, condition: str) -> str:
    suppliers = d.aggregate(items, "l_orderkey", smallest="min l_suppkey", largest="max l_suppkey")
    return d.filter(suppliers, condition)
