"""What a viewer finds, as the messages that a client gets."""

from api.schemas.log import LogLineOut
from api.schemas.stream import EndMessage, LogMessage, MetricsMessage, NodeMessage, ServerMessage, StatusMessage
from api.services.live.viewer import End, Event, Lines

EVENTS = {"status": StatusMessage, "node": NodeMessage, "metrics": MetricsMessage}


def as_message(found: Event | Lines | End) -> ServerMessage:
    """The message of one finding."""
    match found:
        case Event(cursor, event):
            told = {"type": event.type, "cursor": cursor, "at": event.at}
            return EVENTS[event.type].model_validate(event.data | told)
        case Lines(cursor, lines):
            progress = {line.node_id: line.progress for line in lines if line.progress is not None}
            items = [LogLineOut.model_validate(line) for line in lines]
            return LogMessage(type="log", cursor=cursor, lines=items, progress=progress)
        case End(cursor, status):
            return EndMessage.model_validate({"type": "end", "cursor": cursor, "status": status})
