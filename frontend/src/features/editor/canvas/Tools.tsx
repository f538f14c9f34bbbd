import { ActionIcon, Divider, Paper, Text, Tooltip } from '@mantine/core'
import { Panel } from '@xyflow/react'
import {
  AlignCenterHorizontal,
  AlignCenterVertical,
  AlignEndHorizontal,
  AlignEndVertical,
  AlignHorizontalSpaceAround,
  AlignStartHorizontal,
  AlignStartVertical,
  AlignVerticalSpaceAround,
  ChartNetwork,
  CircleQuestionMark,
  CopyPlus,
  type LucideIcon,
  Search,
  StickyNote,
  Trash2,
} from 'lucide-react'
import { useState } from 'react'
import { strings } from '@/strings'
import type { Side } from '../model/arrange'
import { useDesk } from '../store/desk'
import { useEditor } from '../store/editor'
import { align, distribute, duplicate, useCommands } from './commands'
import classes from './Tools.module.css'

const text = strings.editor.tools
const SIDES: [Side, LucideIcon][] = [
  ['left', AlignStartVertical],
  ['center', AlignCenterVertical],
  ['right', AlignEndVertical],
  ['top', AlignStartHorizontal],
  ['middle', AlignCenterHorizontal],
  ['bottom', AlignEndHorizontal],
]

/** What arranges the drawing: always layout, notes, search and help; more while several are chosen. */
export function Tools() {
  const { layOut, addNote, remove } = useCommands()
  const toggle = useDesk(state => state.toggle)
  const chosen = useEditor(state => state.nodes.reduce((sum, node) => sum + (node.selected ? 1 : 0), 0))
  const [isBusy, setBusy] = useState(false)
  const arrange = async () => {
    setBusy(true)
    await layOut()
    setBusy(false)
  }
  const removeChosen = () => {
    const { nodes } = useEditor.getState()
    void remove(nodes.filter(node => node.selected).map(node => node.id))
  }
  return (
    <Panel position="top-left">
      <Paper className={classes.tools} withBorder shadow="xs" role="toolbar" aria-label={text.label}>
        <Tool icon={ChartNetwork} label={text.layout} onClick={() => void arrange()} isBusy={isBusy} />
        <Tool icon={StickyNote} label={text.note} onClick={() => addNote()} />
        <Tool icon={Search} label={text.search} onClick={() => toggle('search', true)} />
        <Tool icon={CircleQuestionMark} label={text.shortcuts} onClick={() => toggle('shortcuts', true)} />
        {chosen > 1 && (
          <>
            <Divider orientation="vertical" />
            <Text size="xs" c="dimmed" px={4}>
              {text.chosen(chosen)}
            </Text>
            {SIDES.map(([side, icon]) => (
              <Tool key={side} icon={icon} label={text.align[side]} onClick={() => align(side)} />
            ))}
            {chosen > 2 && (
              <>
                <Tool icon={AlignHorizontalSpaceAround} label={text.distributeX} onClick={() => distribute('x')} />
                <Tool icon={AlignVerticalSpaceAround} label={text.distributeY} onClick={() => distribute('y')} />
              </>
            )}
            <Tool icon={CopyPlus} label={strings.actions.duplicate} onClick={duplicate} />
            <Tool icon={Trash2} label={strings.actions.delete} onClick={removeChosen} />
          </>
        )}
      </Paper>
    </Panel>
  )
}

type ToolProps = { icon: LucideIcon; label: string; onClick: () => void; isBusy?: boolean }

function Tool({ icon: Icon, label, onClick, isBusy = false }: ToolProps) {
  return (
    <Tooltip label={label}>
      <ActionIcon variant="subtle" color="gray" aria-label={label} onClick={onClick} loading={isBusy}>
        <Icon size={16} />
      </ActionIcon>
    </Tooltip>
  )
}
