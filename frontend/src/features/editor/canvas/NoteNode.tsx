import { UnstyledButton } from '@mantine/core'
import { type NodeProps, NodeResizer, NodeToolbar, Position } from '@xyflow/react'
import { type KeyboardEvent, memo, useState } from 'react'
import { strings } from '@/strings'
import type { NoteColor, NoteNode as NoteNodeType } from '../model/types'
import { useEditor } from '../store/editor'
import classes from './NoteNode.module.css'

const COLORS: NoteColor[] = ['yellow', 'blue', 'green', 'pink']
const text = strings.editor.notes
/** The note itself lies behind everything, and its colours would with it. */
const ABOVE = { zIndex: 6 }

/** Words beside the steps; they change nothing of what runs. */
export const NoteNode = memo(function NoteNode({ id, data, selected }: NodeProps<NoteNodeType>) {
  const annotate = useEditor(state => state.annotate)
  const [isWritten, write] = useState(data.text === '' && selected)
  const press = (event: KeyboardEvent) => {
    if (event.key === 'Escape') write(false)
    event.stopPropagation()
  }
  return (
    <>
      <NodeResizer isVisible={selected} minWidth={110} minHeight={48} lineClassName={classes.line} />
      <NodeToolbar isVisible={selected} position={Position.Top} className={classes.colors} style={ABOVE}>
        {COLORS.map(color => (
          <UnstyledButton
            key={color}
            className={classes.color}
            data-color={color}
            data-chosen={color === data.color || undefined}
            aria-label={text.color(color)}
            aria-pressed={color === data.color}
            onClick={() => annotate(id, { color })}
          />
        ))}
      </NodeToolbar>
      {isWritten ? (
        <textarea
          className={`${classes.note} nodrag nowheel`}
          data-color={data.color}
          aria-label={text.label}
          placeholder={text.write}
          maxLength={5000}
          // biome-ignore lint/a11y/noAutofocus: it stands where the person has just pressed
          autoFocus
          defaultValue={data.text}
          onChange={event => annotate(id, { text: event.currentTarget.value })}
          onBlur={() => write(false)}
          onKeyDown={press}
        />
      ) : (
        // biome-ignore lint/a11y/noStaticElementInteractions: the node around it takes the focus and the keys
        <div className={classes.note} data-color={data.color} onDoubleClick={() => write(true)}>
          {data.text || <span className={classes.hint}>{text.hint}</span>}
        </div>
      )}
    </>
  )
})
