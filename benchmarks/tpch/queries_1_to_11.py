"""TPC-H's queries 1 to 11 as pipelines. A sub-query becomes a branch that is joined back."""

from benchmarks.tpch.drawing import Drawing

REVENUE = "l_extendedprice * (1 - l_discount)"


def q01(d: Drawing) -> None:
    shipped = d.filter(d.table("lineitem"), "l_shipdate <= DATE '1998-12-01' - INTERVAL '90 days'")
    priced = d.add(shipped, disc_price=REVENUE, charge="disc_price * (1 + l_tax)")
    summary = d.aggregate(
        priced,
        "l_returnflag l_linestatus",
        sum_qty="sum l_quantity",
        sum_base_price="sum l_extendedprice",
        sum_disc_price="sum disc_price",
        sum_charge="sum charge",
        avg_qty="mean l_quantity",
        avg_price="mean l_extendedprice",
        avg_disc="mean l_discount",
        count_order="count",
    )
    d.load(d.sort(summary, "l_returnflag", "l_linestatus"))


def q02(d: Drawing) -> None:
    """The cheapest offer of each part: computed in a branch of its own, joined back by part and cost."""
    suppliers = d.join(d.table("supplier"), _nations_of(d, "EUROPE"), "s_nationkey", "n_nationkey")
    parts = d.filter(d.table("part"), "p_size = 15 AND p_type LIKE '%BRASS'")
    offers = d.join(d.table("partsupp"), parts, "ps_partkey", "p_partkey")
    offers = d.join(offers, suppliers, "ps_suppkey", "s_suppkey")
    cheapest = d.rename(d.aggregate(offers, "ps_partkey", cost="min ps_supplycost"), ps_partkey="cheapest_part")
    chosen = d.join(offers, cheapest, "ps_partkey ps_supplycost", "cheapest_part cost")
    wanted = ("s_acctbal", "s_name", "n_name", "p_partkey", "p_mfgr", "s_address", "s_phone", "s_comment")
    d.load(d.sort(d.select(chosen, *wanted), "-s_acctbal", "n_name", "s_name", "p_partkey", limit=100))


def q03(d: Drawing) -> None:
    customers = d.filter(d.table("customer"), "c_mktsegment = 'BUILDING'")
    orders = d.filter(d.table("orders"), "o_orderdate < DATE '1995-03-15'")
    items = d.filter(d.table("lineitem"), "l_shipdate > DATE '1995-03-15'")
    orders = d.join(orders, customers, "o_custkey", "c_custkey")
    sold = d.add(d.join(items, orders, "l_orderkey", "o_orderkey"), volume=REVENUE)
    summary = d.aggregate(sold, "l_orderkey o_orderdate o_shippriority", revenue="sum volume")
    wanted = d.select(summary, "l_orderkey", "revenue", "o_orderdate", "o_shippriority")
    d.load(d.sort(wanted, "-revenue", "o_orderdate", limit=10))


def q04(d: Drawing) -> None:
    orders = _dated(d, "orders", "o_orderdate", "1993-07-01", "1993-10-01")
    late = d.filter(d.table("lineitem"), "l_commitdate < l_receiptdate")
    summary = d.aggregate(
        d.join(orders, late, "o_orderkey", "l_orderkey", "semi"), "o_orderpriority", order_count="count"
    )
    d.load(d.sort(summary, "o_orderpriority"))


def q05(d: Drawing) -> None:
    suppliers = d.join(d.table("supplier"), _nations_of(d, "ASIA"), "s_nationkey", "n_nationkey")
    orders = _dated(d, "orders", "o_orderdate", "1994-01-01", "1995-01-01")
    orders = d.join(orders, d.table("customer"), "o_custkey", "c_custkey")
    sold = d.join(d.table("lineitem"), orders, "l_orderkey", "o_orderkey")
    sold = d.add(d.join(sold, suppliers, "l_suppkey c_nationkey", "s_suppkey s_nationkey"), volume=REVENUE)
    d.load(d.sort(d.aggregate(sold, "n_name", revenue="sum volume"), "-revenue"))


def q06(d: Drawing) -> None:
    items = _dated(d, "lineitem", "l_shipdate", "1994-01-01", "1995-01-01")
    items = d.filter(items, "l_discount BETWEEN 0.05 AND 0.07 AND l_quantity < 24")
    d.load(d.aggregate(d.add(items, gain="l_extendedprice * l_discount"), revenue="sum gain"))


def q07(d: Drawing) -> None:
    both = d.filter(d.table("nation"), "n_name IN ('FRANCE', 'GERMANY')")
    sellers = d.rename(d.select(both, "n_nationkey", "n_name"), n_nationkey="supp_nationkey", n_name="supp_nation")
    buyers = d.rename(d.select(both, "n_nationkey", "n_name"), n_nationkey="cust_nationkey", n_name="cust_nation")
    suppliers = d.join(d.table("supplier"), sellers, "s_nationkey", "supp_nationkey")
    customers = d.join(d.table("customer"), buyers, "c_nationkey", "cust_nationkey")
    orders = d.join(d.table("orders"), customers, "o_custkey", "c_custkey")
    items = d.filter(d.table("lineitem"), "l_shipdate BETWEEN DATE '1995-01-01' AND DATE '1996-12-31'")
    shipped = d.join(d.join(items, suppliers, "l_suppkey", "s_suppkey"), orders, "l_orderkey", "o_orderkey")
    shipped = d.filter(shipped, "supp_nation <> cust_nation")
    shipped = d.add(shipped, l_year="year(l_shipdate)", volume=REVENUE)
    summary = d.aggregate(shipped, "supp_nation cust_nation l_year", revenue="sum volume")
    d.load(d.sort(summary, "supp_nation", "cust_nation", "l_year"))


def q08(d: Drawing) -> None:
    """A share is two sums, one of them of a column that is zero for the others."""
    parts = d.filter(d.table("part"), "p_type = 'ECONOMY ANODIZED STEEL'")
    customers = d.join(d.table("customer"), _nations_of(d, "AMERICA"), "c_nationkey", "n_nationkey", "semi")
    orders = d.filter(d.table("orders"), "o_orderdate BETWEEN DATE '1995-01-01' AND DATE '1996-12-31'")
    orders = d.join(orders, customers, "o_custkey", "c_custkey", "semi")
    suppliers = d.join(d.table("supplier"), d.table("nation"), "s_nationkey", "n_nationkey")
    sold = d.join(d.table("lineitem"), parts, "l_partkey", "p_partkey")
    sold = d.join(d.join(sold, orders, "l_orderkey", "o_orderkey"), suppliers, "l_suppkey", "s_suppkey")
    brazil = "CASE WHEN n_name = 'BRAZIL' THEN volume ELSE 0 END"
    sold = d.add(sold, o_year="year(o_orderdate)", volume=REVENUE, volume_of_brazil=brazil)
    summary = d.aggregate(sold, "o_year", brazil="sum volume_of_brazil", all_nations="sum volume")
    shares = d.add(summary, mkt_share="brazil / all_nations")
    d.load(d.sort(d.select(shares, "o_year", "mkt_share"), "o_year"))


def q09(d: Drawing) -> None:
    parts = d.filter(d.table("part"), "p_name LIKE '%green%'")
    suppliers = d.join(d.table("supplier"), d.table("nation"), "s_nationkey", "n_nationkey")
    sold = d.join(d.table("lineitem"), parts, "l_partkey", "p_partkey", "semi")
    sold = d.join(sold, d.table("partsupp"), "l_suppkey l_partkey", "ps_suppkey ps_partkey")
    sold = d.join(d.join(sold, suppliers, "l_suppkey", "s_suppkey"), d.table("orders"), "l_orderkey", "o_orderkey")
    sold = d.rename(sold, n_name="nation")
    sold = d.add(sold, o_year="year(o_orderdate)", amount=f"{REVENUE} - ps_supplycost * l_quantity")
    d.load(d.sort(d.aggregate(sold, "nation o_year", sum_profit="sum amount"), "nation", "-o_year"))


def q10(d: Drawing) -> None:
    orders = _dated(d, "orders", "o_orderdate", "1993-10-01", "1994-01-01")
    returned = d.join(d.filter(d.table("lineitem"), "l_returnflag = 'R'"), orders, "l_orderkey", "o_orderkey")
    returned = d.join(returned, d.table("customer"), "o_custkey", "c_custkey")
    returned = d.add(d.join(returned, d.table("nation"), "c_nationkey", "n_nationkey"), volume=REVENUE)
    groups = "o_custkey c_name c_acctbal c_phone n_name c_address c_comment"
    summary = d.rename(d.aggregate(returned, groups, revenue="sum volume"), o_custkey="c_custkey")
    wanted = ("c_custkey", "c_name", "revenue", "c_acctbal", "n_name", "c_address", "c_phone", "c_comment")
    d.load(d.sort(d.select(summary, *wanted), "-revenue", limit=20))


def q11(d: Drawing) -> None:
    """HAVING beside a sub-query: a cross join with its one row, and a filter."""
    germany = d.filter(d.table("nation"), "n_name = 'GERMANY'")
    suppliers = d.join(d.table("supplier"), germany, "s_nationkey", "n_nationkey", "semi")
    stock = d.join(d.table("partsupp"), suppliers, "ps_suppkey", "s_suppkey", "semi")
    stock = d.add(stock, worth="ps_supplycost * ps_availqty")
    total = d.aggregate(stock, total="sum worth")
    parts = d.join(d.aggregate(stock, "ps_partkey", value="sum worth"), total, kind="cross")
    parts = d.filter(parts, "value > total * 0.0001")
    d.load(d.sort(d.select(parts, "ps_partkey", "value"), "-value", "ps_partkey"))


def _nations_of(d: Drawing, region: str) -> str:
    chosen = d.filter(d.table("region"), f"r_name = '{region}'")
    return d.join(d.table("nation"), chosen, "n_regionkey", "r_regionkey", "semi")


def _dated(d: Drawing, table: str, column: str, since: str, until: str) -> str:
    return d.filter(d.table(table), f"{column} >= DATE '{since}' AND {column} < DATE '{until}'")
