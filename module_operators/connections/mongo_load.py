"""One load into one collection: documents aside first, then into their place in one step, and the mark that they are.

The mark, a document of `logidata_loads` in the same database, goes through states:
    (none)   the documents are on their way into a collection of their own (`logidata_new_…`)
    staged   they are all there; from now on every try goes on with these
    merging  they are being put into a collection without a transaction, which can be repeated
    done     with what was put in place, or, after a rename, told by the absence of the collection beside
"""

from __future__ import annotations

import secrets
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from module_operators.connections.mongo_documents import Document, documents, written
from module_operators.connections.mongo_target import Target, check_target, check_unique_key
from module_operators.connections.parquet_rows import parquet_rows
from module_operators.problems import DataError, Findings, TargetError
from module_operators.relation import Plan

if TYPE_CHECKING:
    from module_operators.run import Run

MARKS = "logidata_loads"
IN_A_TRANSACTION = 100_000
"""Documents; MongoDB ends a transaction after a minute, and holds it in memory."""

_AT_ONCE = 1_000
_ASIDE = "logidata_new_"
_GONE, _EXISTS = 26, 48
_TOO_LARGE = {257, 290, 388}
# Of an index as the server lists it: what belongs to its version or to the old collection.
_NOT_OF_AN_INDEX = {"v", "ns", "key", "background"}


@dataclass(frozen=True, slots=True)
class CollectionLoad:
    """Loads a plan; `operation` is the module's option."""

    client: Any
    database: Any
    name: str
    operation: str
    keys: Sequence[str]
    plan: Plan
    run: Run

    def once(self) -> int:
        """Loads the documents unless an earlier try did; answers how many rows that were."""
        mark = self.marks.find_one({"_id": self.run.short_load_key}) or self._staged()
        if mark["state"] == "done":
            self.run.log.info("An earlier try of this task has loaded its %s rows; nothing to do.", f"{mark['rows']:,}")
        else:
            self._put_in_place(mark)
        for left in self.database.list_collection_names(
            filter={"name": {"$regex": f"^{_ASIDE}{self.run.short_load_key}_"}}
        ):
            self.database.drop_collection(left)
        return int(mark["rows"])

    def _staged(self) -> Mapping[str, Any]:
        """All documents in a collection of their own, and the mark that says so; of two tries at once the first's."""
        from pymongo.errors import BulkWriteError, DuplicateKeyError  # noqa: PLC0415

        target = self._checked_target()
        aside = self.database[f"{_ASIDE}{self.run.short_load_key}_{secrets.token_hex(4)}"]
        try:
            with parquet_rows(self.plan, self.run, written, self.keys) as rows:
                self.database.create_collection(aside.name, **(target.made_like if target else {}))
                self._index(aside, target)
                count = 0
                for batch in documents(rows.path, self.plan.result):
                    self._insert(aside, batch)
                    count += len(batch)
            if aside.count_documents({}) != count:
                # Another try that came to its end takes away what others were still filling.
                if mark := self.marks.find_one({"_id": self.run.short_load_key}):
                    aside.drop()
                    return mark
                raise TargetError(f"Collection '{aside.name}' was changed during the load. Nothing was loaded.")
            mark = self._mark(aside.name, rows.rows)
            try:
                self.marks.insert_one(mark)
                return mark
            except DuplicateKeyError:
                aside.drop()
                return self.marks.find_one({"_id": self.run.short_load_key}) or mark
        except BulkWriteError as error:
            aside.drop()
            raise TargetError(f"MongoDB refuses a document: {_reason(error)}. Nothing was loaded.") from None
        except BaseException:
            with suppress(Exception):
                aside.drop()
            raise

    def _checked_target(self) -> Target | None:
        target = Target.found(self.database, self.name)
        if target is not None:
            findings = Findings()
            check_target(target, self.plan.result, self.operation, findings)
            findings.raise_if_any()
            if self.operation == "upsert":
                check_unique_key(target, self.keys)
        return target

    def _index(self, aside: Any, target: Target | None) -> None:
        """What takes the place of a collection has its indexes; what a new one is upserted by is unique."""
        if target is None:
            if self.operation == "upsert" and list(self.keys) != ["_id"]:
                aside.create_index([(key, 1) for key in self.keys], unique=True)
        elif self.operation == "replace":
            for index in target.indexes:
                if index["name"] != "_id_":
                    options = {name: value for name, value in index.items() if name not in _NOT_OF_AN_INDEX}
                    aside.create_index(list(index["key"].items()), **options)

    def _insert(self, collection: Any, batch: list[Document], session: Any = None) -> None:
        from bson.errors import InvalidDocument  # noqa: PLC0415

        try:
            collection.insert_many(batch, ordered=False, session=session)
        except InvalidDocument as error:  # also one that is too large, noticed by the driver
            raise DataError(f"A row cannot become a document: {str(error)[:300]}.") from None

    def _put_in_place(self, mark: Mapping[str, Any]) -> None:
        from pymongo.errors import OperationFailure  # noqa: PLC0415

        aside = self.database[mark["aside"]]
        if self.operation == "replace" or Target.found(self.database, self.name) is None:
            try:
                aside.rename(self.name, dropTarget=self.operation == "replace")
            except OperationFailure as error:
                # Gone: only a rename takes away what is marked. Exists: another load made the collection meanwhile.
                if error.code not in {_GONE, _EXISTS}:
                    raise
                if error.code == _EXISTS:
                    self._put_into(mark, aside)
        elif Target.found(self.database, aside.name) is not None:
            self._put_into(mark, aside)
        self._set(mark, "done")

    def _put_into(self, mark: Mapping[str, Any], aside: Any) -> None:
        """Documents into a collection that exists: in one transaction where that can be, else in steps to repeat."""
        from pymongo.errors import BulkWriteError, OperationFailure  # noqa: PLC0415

        try:
            if mark["state"] == "staged" and mark["rows"] <= IN_A_TRANSACTION and self._has_transactions():
                if self._in_a_transaction(aside):
                    return
                self.run.log.warning("The server ended the transaction: the documents are put in place without one.")
            self._one_by_one(mark, aside)
        except OperationFailure as error:
            reason = _reason(error) if isinstance(error, BulkWriteError) else str(error).split(", full error", 1)[0]
            self._give_up(aside)
            raise TargetError(f"MongoDB refuses a document: {reason[:500]}. {self._left()}") from None

    def _left(self) -> str:
        if self.operation == "upsert" and not self._has_transactions():
            return "Documents before it may have been updated."
        return "Nothing was loaded."

    def _has_transactions(self) -> bool:
        told = self.client.admin.command("hello")
        return "setName" in told or told.get("msg") == "isdbgrid"

    def _in_a_transaction(self, aside: Any) -> bool:
        """Whether all documents and the mark were committed; False when a transaction cannot hold them."""
        from pymongo.errors import OperationFailure  # noqa: PLC0415

        def work(session: Any) -> None:
            mine, done = {"_id": self.run.short_load_key, "state": "staged"}, {"$set": {"state": "done"}}
            found = self.marks.update_one(mine, done, session=session)
            if found.matched_count == 0:
                return  # another try was faster
            for batch in self._batches(aside):
                self._write(batch, session)

        try:
            with self.client.start_session() as session:
                session.with_transaction(work)
        except OperationFailure as error:
            if error.code in _TOO_LARGE or error.has_error_label("TransientTransactionError"):
                return False
            raise
        return True

    def _one_by_one(self, mark: Mapping[str, Any], aside: Any) -> None:
        """Not within a transaction: what it did can be done again with the same result."""
        begun = mark["state"] == "merging"
        if not begun and self.operation == "insert" and "_id" in self.plan.result:
            self._check_new(aside)
        self._set(mark, "merging")
        for batch in self._batches(aside):
            self._write(batch, again=begun)

    def _write(self, batch: list[Document], session: Any = None, *, again: bool = False) -> None:
        """Documents into the target; `again` when an earlier try may have written some of them."""
        from pymongo import ReplaceOne, UpdateOne  # noqa: PLC0415

        target = self.database[self.name]
        if self.operation == "insert" and not again:
            self._insert(target, batch, session)
            return
        writes: list[Any] = []
        for document in batch:
            if self.operation == "insert":
                writes.append(ReplaceOne({"_id": document["_id"]}, document, upsert=True))
                continue
            if "_id" not in self.keys:
                del document["_id"]
            found = {key: document.pop(key) for key in self.keys}
            writes.append(UpdateOne(found, {"$set": document} if document else {"$setOnInsert": found}, upsert=True))
        target.bulk_write(writes, ordered=False, session=session)

    def _check_new(self, aside: Any) -> None:
        there = {"from": self.name, "localField": "_id", "foreignField": "_id", "as": "there"}
        steps = [{"$lookup": there}, {"$match": {"there": {"$ne": []}}}, {"$limit": 1}, {"$project": {"_id": 1}}]
        for found in aside.aggregate(steps):
            self._give_up(aside, inserted=False)
            raise TargetError(f"A document with _id {found['_id']} is there already. Nothing was loaded; use upsert.")

    def _give_up(self, aside: Any, *, inserted: bool = True) -> None:
        """The load is as if it had not begun: a retry begins with new documents."""
        if inserted and self.operation == "insert" and self._state() == "merging":
            for batch in self._batches(aside):
                self.database[self.name].delete_many({"_id": {"$in": [each["_id"] for each in batch]}})
        self.marks.delete_one({"_id": self.run.short_load_key})
        aside.drop()

    def _state(self) -> str | None:
        found = self.marks.find_one({"_id": self.run.short_load_key})
        return found and found["state"]

    def _set(self, mark: Mapping[str, Any], state: str) -> None:
        self.marks.update_one({"_id": mark["_id"], "state": {"$ne": "done"}}, {"$set": {"state": state}})

    def _batches(self, aside: Any) -> Iterator[list[Document]]:
        batch: list[Document] = []
        size = 0
        for document in aside.find(batch_size=_AT_ONCE):
            batch.append(document)
            size += sum(len(value) for value in document.values() if isinstance(value, str | bytes | list))
            if len(batch) >= _AT_ONCE or size > 16 << 20:
                yield batch
                batch, size = [], 0
        if batch:
            yield batch

    def _mark(self, aside: str, rows: int) -> dict[str, Any]:
        dag_id, run_id, task_id = self.run.load_key.split("\n")
        who = {"dag_id": dag_id, "run_id": run_id, "task_id": task_id, "target": self.name}
        return {"_id": self.run.short_load_key, "state": "staged", "rows": rows, "aside": aside, **who}

    @property
    def marks(self) -> Any:
        return self.database[MARKS]


def is_done(database: Any, run: Run) -> bool:
    """Whether an earlier try has got so far that the target must not be checked again."""
    return database[MARKS].find_one({"_id": run.short_load_key}) is not None


def _reason(error: Any) -> str:
    found: Iterable[Mapping[str, Any]] = (error.details or {}).get("writeErrors", ())
    return next((str(each.get("errmsg")) for each in found), str(error))[:500].rstrip(".")
