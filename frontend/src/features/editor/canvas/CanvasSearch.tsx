import { ActionIcon, Paper, Text, TextInput } from '@mantine/core'
import { Panel } from '@xyflow/react'
import { ChevronDown, ChevronUp, X } from 'lucide-react'
import { type KeyboardEvent, useState } from 'react'
import { strings } from '@/strings'
import { useModules } from '../api/modules'
import { found } from '../model/find'
import { useDesk } from '../store/desk'
import { useEditor } from '../store/editor'
import { useCommands } from './commands'
import classes from './Tools.module.css'

const text = strings.editor.search

/** Finds steps and notes on the canvas; Enter goes from one to the next. */
export function CanvasSearch() {
  const isOpen = useDesk(state => state.open.search ?? false)
  return isOpen ? <Box /> : null
}

function Box() {
  const modules = useModules()
  const { look } = useCommands()
  const [words, setWords] = useState('')
  const [at, setAt] = useState(-1)
  const ids = found(useEditor.getState().nodes, modules, words)
  const close = () => useDesk.getState().toggle('search', false)
  const go = (step: number, all = ids, from = at) => {
    const next = all.length === 0 ? -1 : (from + step + all.length) % all.length
    setAt(next)
    const id = all[next]
    if (id) look(id)
  }
  const press = (event: KeyboardEvent) => {
    if (event.key === 'Enter') go(event.shiftKey ? -1 : 1)
    if (event.key === 'Escape') close()
    event.stopPropagation()
  }
  const search = (next: string) => {
    setWords(next)
    go(1, found(useEditor.getState().nodes, modules, next), -1)
  }
  return (
    <Panel position="top-right">
      <Paper className={classes.search} withBorder shadow="sm" role="search">
        <TextInput
          size="xs"
          w={150}
          aria-label={text.label}
          placeholder={text.label}
          value={words}
          data-autofocus
          ref={field => field?.focus()}
          onChange={event => search(event.currentTarget.value)}
          onKeyDown={press}
        />
        <Text size="xs" c="dimmed" miw={48} ta="center" role="status">
          {words.trim() && (ids.length > 0 ? text.of(Math.min(at, ids.length - 1) + 1, ids.length) : text.none)}
        </Text>
        <ActionIcon variant="subtle" color="gray" aria-label={text.before} onClick={() => go(-1)}>
          <ChevronUp size={15} />
        </ActionIcon>
        <ActionIcon variant="subtle" color="gray" aria-label={text.next} onClick={() => go(1)}>
          <ChevronDown size={15} />
        </ActionIcon>
        <ActionIcon variant="subtle" color="gray" aria-label={strings.actions.close} onClick={close}>
          <X size={15} />
        </ActionIcon>
      </Paper>
    </Panel>
  )
}
