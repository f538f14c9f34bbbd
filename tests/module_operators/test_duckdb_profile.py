"""Counts that a fused query's profile tells are exact, or not given."""

from __future__ import annotations

from module_operators.relation import Plan, Query, Step

from .conftest import Run


def step(name: str, query: Query, *inputs: Plan) -> Step:
    return Step(name, name, name, query, tuple(plan.result.name for plan in inputs))


def csv_plan(run: Run, rows: int, name: str = "orders") -> Plan:
    path = run.files.local_root / f"{name}.csv"
    path.write_text("id,amount\n" + "".join(f"{i},{i % 10}\n" for i in range(rows)))
    query = run.engine.scan(
        f"SELECT * FROM read_csv({run.engine.dialect.literal(str(path))})", row_id="row_number() OVER ()"
    )
    return Plan((step(name, query),))


def filtered(run: Run, plan: Plan, name: str, condition: str) -> Plan:
    return plan.extended(step(name, run.engine.dialect.filtered(plan.result, condition), plan))


def widened(run: Run, plan: Plan, name: str) -> Plan:
    sql = run.engine.dialect
    return plan.extended(
        step(name, sql.projected(plan.result, [(c, sql.quote(c.name)) for c in plan.result.columns]), plan)
    )


def loaded_counts(run: Run, plan: Plan) -> dict[str, int]:
    run.engine.copy(plan, str(run.files.local_root / "out.csv"), "FORMAT csv")
    return {node: counts["rows_out"] for node, counts in run.engine.node_rows(plan).items()}


def test_a_chain_with_one_filter_is_counted_whole(make_run):
    run = make_run()
    plan = widened(run, filtered(run, csv_plan(run, 1000), "big", "amount >= 5"), "same")

    assert loaded_counts(run, plan) == {"orders": 1000, "big": 500, "same": 500}


def test_of_merged_filters_only_the_last_is_counted(make_run):
    run = make_run()
    plan = filtered(run, filtered(run, csv_plan(run, 1000), "big", "amount >= 5"), "odd", "id % 2 = 1")

    assert loaded_counts(run, plan) == {"orders": 1000, "odd": 300}


def test_a_join_below_a_filter_is_left_out(make_run):
    run = make_run()
    sql = run.engine.dialect
    left, right = csv_plan(run, 1000, "left_side"), csv_plan(run, 10, "right_side")
    joined = Query(
        f"SELECT l.id, l.amount FROM {sql.table(left.result)} l JOIN {sql.table(right.result)} r ON l.amount = r.id",
        left.result.columns,
    )
    plan = filtered(run, Plan.merged([left, right]).extended(step("joined", joined, left, right)), "few", "id < 100")
    grouped = Query('SELECT count(*) AS id, amount FROM "few" GROUP BY amount', left.result.columns, shape="aggregate")
    plan = plan.extended(step("grouped", grouped, plan))

    counts = loaded_counts(run, plan)

    assert counts == {"left_side": 1000, "right_side": 10, "few": 100, "grouped": 10}


def test_a_node_that_two_branches_read_is_left_out_and_what_they_lead_to_is_counted(make_run):
    run = make_run()
    sql = run.engine.dialect
    shared = filtered(run, csv_plan(run, 1000), "shared", "hash(id) % 2 >= 0")
    grouped = Query('SELECT amount, count(*) AS id FROM "shared" GROUP BY amount', shared.result.columns)
    groups = shared.extended(step("groups", grouped, shared))
    few = filtered(run, shared, "few", "amount < 5")
    joined = Query(
        f"SELECT f.id, f.amount FROM {sql.table(few.result)} f JOIN {sql.table(groups.result)} g USING (amount)",
        shared.result.columns,
    )
    plan = Plan.merged([few, groups]).extended(step("joined", joined, few, groups))

    counts = loaded_counts(run, widened(run, plan, "same"))

    assert counts == {"orders": 1000, "joined": 500, "same": 500}


def test_an_aggregate_over_a_shared_node_does_not_tell_that_nodes_rows(make_run):
    run = make_run()
    shared = filtered(run, csv_plan(run, 1000), "shared", "hash(id) % 2 >= 0")
    columns = shared.result.columns
    ones = Query('SELECT amount, count(*) AS id FROM "shared" WHERE amount = 1 GROUP BY amount', columns)
    largest = Query('SELECT max(amount) AS amount, max(id) AS id FROM "shared"', columns, shape="aggregate")
    both = Query('SELECT o.id, l.amount FROM "ones" o CROSS JOIN "largest" l', columns)
    plan = Plan.merged([shared.extended(step("ones", ones, shared)), shared.extended(step("largest", largest, shared))])
    plan = plan.extended(step("both", both, plan.prefix(3), plan))

    assert loaded_counts(run, plan) == {"orders": 1000, "both": 1}


def test_an_aggregate_without_groups_yields_one_row(make_run):
    run = make_run()
    plan = csv_plan(run, 50)
    total = Query('SELECT sum(id) AS id, max(amount) AS amount FROM "orders"', plan.result.columns, shape="aggregate")

    assert loaded_counts(run, plan.extended(step("total", total, plan))) == {"orders": 50, "total": 1}


def test_a_filter_inside_a_parquet_scan_hides_the_scans_count(make_run):
    run = make_run()
    plan, written = run.materialized(csv_plan(run, 1000))
    assert written.rows == 1000

    counts = loaded_counts(run, filtered(run, plan, "big", "amount >= 5"))

    assert counts["big"] == 500
    assert counts.get("orders") in {None, 1000}
