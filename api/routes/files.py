"""Files: listed, uploaded, looked into, downloaded, moved, deleted."""

from typing import Annotated

from fastapi import APIRouter, Header, HTTPException, Query, Request, Response
from fastapi.concurrency import contextmanager_in_threadpool, run_in_threadpool
from fastapi.responses import StreamingResponse
from starlette.requests import ClientDisconnect

from api.database import SessionDep
from api.routes.answers import CONFLICT, INVALID, NO_SPACE, NOT_FOUND, TOO_LARGE, UNAVAILABLE
from api.routes.dependencies import FilesDep, PageLimit, PageOffset, PreviewerDep
from api.schemas.file import FileOut, FilePage, FilePreviewIn, FilePreviewOut, FolderIn, MoveIn
from api.schemas.values import Search, StoredText
from api.security import EditorDep, ViewerDep
from api.services import audit, file_preview, uses
from api.services.files import BLOCK, byte_range

router = APIRouter(prefix="/files", tags=["files"])

CONTENT = {
    200: {"content": {"application/octet-stream": {"schema": {"type": "string", "format": "binary"}}}},
    206: {"description": "The part that Range asked for."},
    304: {"description": "Unchanged."},
    416: {"description": "The range lies outside the file.", "content": {"application/problem+json": {}}},
}
BODY = {"requestBody": {"required": True, "content": {"application/octet-stream": {"schema": {"type": "string"}}}}}
Folder = Annotated[StoredText, Query(max_length=1024, description="The folder; empty is the store itself.")]
Force = Annotated[bool, Query(description="Also while pipelines use it.")]


@router.get("", responses=NOT_FOUND | INVALID)
def list_files(
    *,
    session: SessionDep,
    _: ViewerDep,
    files: FilesDep,
    folder: Folder = "",
    search: Annotated[Search | None, Query(description="Words in the path, anywhere below the folder.")] = None,
    limit: PageLimit = 50,
    offset: PageOffset = 0,
) -> FilePage:
    """List a folder, folders first, with the pipelines that use each file."""
    found, total = files.page(folder, search, limit=limit, offset=offset)
    used_by = uses.of_files(session, [entry.path for entry in found])
    return FilePage(
        items=[FileOut.of(entry, used_by.get(entry.path, ())) for entry in found],
        total=total,
        limit=limit,
        offset=offset,
        used_bytes=files.used_bytes(),
        quota_bytes=files.limits.store_bytes,
        max_file_bytes=files.limits.file_bytes,
    )


@router.get("/details", responses=NOT_FOUND | INVALID)
def get_file(
    session: SessionDep, _: ViewerDep, files: FilesDep, path: Annotated[StoredText, Query(max_length=1024)]
) -> FileOut:
    """Get one file or folder with the pipelines and nodes that use it."""
    entry = files.entry(path)
    return FileOut.of(entry, uses.of_file(session, entry.path))


@router.post("/preview", responses=NOT_FOUND | INVALID)
def preview_file(_: EditorDep, files: FilesDep, previewer: PreviewerDep, body: FilePreviewIn) -> FilePreviewOut:
    """Show a file's first rows and columns as a run reads them, with a config that is ready for a node."""
    entry = files.entry(body.path)
    return FilePreviewOut.model_validate(file_preview.head(previewer, entry.path, body.config, limit=body.limit))


@router.post("/folders", status_code=201, responses=CONFLICT | INVALID)
def make_folder(session: SessionDep, account: EditorDep, files: FilesDep, body: FolderIn) -> FileOut:
    """Make a folder and those above it."""
    entry = files.make_folder(body.path)
    audit.record(session, account, "file.make_folder", "file", entry.path, entry.name)
    return FileOut.of(entry)


@router.post("/move", responses=NOT_FOUND | CONFLICT | INVALID)
def move_file(session: SessionDep, account: EditorDep, files: FilesDep, body: MoveIn) -> FileOut:
    """Give a file or folder another name."""
    entry = files.move(session, body.source, body.target, overwrite=body.overwrite, force=body.force)
    audit.record(session, account, "file.move", "file", entry.path, entry.name, {"from": body.source})
    return FileOut.of(entry, uses.of_file(session, entry.path))


@router.get("/content/{path:path}", responses=CONTENT | NOT_FOUND | INVALID, response_class=Response)
def download_file(
    _: ViewerDep,
    files: FilesDep,
    path: str,
    byte_ranges: Annotated[str | None, Header(alias="Range", max_length=200)] = None,
    if_range: Annotated[str | None, Header(max_length=200)] = None,
    if_none_match: Annotated[str | None, Header(max_length=2000)] = None,
) -> Response:
    """Download a file, or the part of it that a Range header names."""
    entry = files.entry(path)
    if entry.size is None:
        raise HTTPException(422, "A folder cannot be downloaded; download its files.")
    etag = f'"{entry.etag}"'
    # Whatever was uploaded is only ever saved by a browser, never shown as a page of this site.
    headers = {
        "ETag": etag,
        "Accept-Ranges": "bytes",
        "Content-Disposition": "attachment",
        "X-Content-Type-Options": "nosniff",
        "Content-Encoding": "identity",  # compressed, a range would be one of something else
    }
    if if_none_match and etag in if_none_match:
        return Response(status_code=304, headers=headers)
    try:
        part = byte_range(byte_ranges, entry.size) if if_range in {None, etag} else None
    except ValueError as error:
        raise HTTPException(416, str(error), {"Content-Range": f"bytes */{entry.size}"}) from error
    start, length = part or (0, entry.size)
    headers["Content-Length"] = str(length)
    if part is not None:
        headers["Content-Range"] = f"bytes {start}-{start + length - 1}/{entry.size}"
    body = files.reading(entry, start, length)
    return StreamingResponse(body, 206 if part else 200, headers, media_type="application/octet-stream")


@router.put(
    "/content/{path:path}",
    status_code=201,
    responses=CONFLICT | INVALID | TOO_LARGE | NO_SPACE | UNAVAILABLE,
    openapi_extra=BODY,
)
async def upload_file(
    *,
    request: Request,
    session: SessionDep,
    account: EditorDep,
    files: FilesDep,
    path: str,
    overwrite: Annotated[bool, Query(description="Replace a file of that name.")] = False,
    if_match: Annotated[str | None, Header(description="Replace only the file with this ETag.", max_length=200)] = None,
) -> FileOut:
    """Upload a file as the request's body; it appears under its name once it is whole."""
    length = request.headers.get("content-length", "")
    declared = int(length) if length.isdigit() and len(length) < 20 else None
    expected = if_match.removeprefix("W/").strip('"') if if_match else None
    async with contextmanager_in_threadpool(files.receiving(path, declared)) as upload:
        waiting = bytearray()
        try:
            async for chunk in request.stream():
                waiting += chunk
                if len(waiting) >= BLOCK:
                    await run_in_threadpool(upload.write, bytes(waiting))
                    waiting.clear()
        except ClientDisconnect as error:
            raise HTTPException(400, "The upload broke off; nothing was kept of it.") from error
        await run_in_threadpool(upload.write, bytes(waiting))
        entry = await run_in_threadpool(upload.place, expected=expected, overwrite=overwrite)
    details = {"size": entry.size}
    await run_in_threadpool(audit.record, session, account, "file.upload", "file", entry.path, entry.name, details)
    return FileOut.of(entry)


@router.delete("/content/{path:path}", status_code=204, responses=NOT_FOUND | CONFLICT | INVALID)
def delete_file(session: SessionDep, account: EditorDep, files: FilesDep, path: str, force: Force = False) -> None:
    """Delete a file, or a folder that is empty; refused while pipelines use it."""
    files.delete(session, path, force=force)
    audit.record(session, account, "file.delete", "file", path)
