import { ActionIcon, Badge, Button, TextInput, Tooltip } from '@mantine/core'
import { useHotkeys } from '@mantine/hooks'
import { Play, Redo2, Save, Undo2 } from 'lucide-react'
import { strings } from '@/strings'
import { useUnsaved } from './api/useUnsaved'
import { useActions } from './EditorActions'
import classes from './EditorPage.module.css'
import { ProblemList } from './ProblemList'
import { redo, undo, useEditor } from './store/editor'

const text = strings.editor

/** Name, history, verdict, save. */
export function Toolbar() {
  const settings = useEditor(state => state.settings)
  const set = useEditor(state => state.set)
  const { save, isSaving, run, isStarting } = useActions()
  const isUnsaved = useUnsaved()
  // Also within a field, where the browser would save the page.
  useHotkeys(
    [
      ['mod+S', () => !isSaving && save()],
      ['mod+Enter', () => !isStarting && run()],
    ],
    [],
  )
  return (
    <header className={classes.toolbar}>
      <TextInput
        className={classes.name}
        placeholder={text.newName}
        aria-label={text.name}
        value={settings.name}
        onChange={event => set({ name: event.currentTarget.value })}
      />
      {isUnsaved && (
        <Badge variant="light" color="orange" tt="none" role="status">
          {text.unsaved}
        </Badge>
      )}
      <Tooltip label={text.undo}>
        <ActionIcon variant="subtle" color="gray" onClick={undo} aria-label={text.undo}>
          <Undo2 size={18} />
        </ActionIcon>
      </Tooltip>
      <Tooltip label={text.redo}>
        <ActionIcon variant="subtle" color="gray" onClick={redo} aria-label={text.redo}>
          <Redo2 size={18} />
        </ActionIcon>
      </Tooltip>
      <ProblemList />
      <Button variant="default" leftSection={<Save size={16} />} loading={isSaving} onClick={() => save()}>
        {strings.actions.save}
      </Button>
      <Button leftSection={<Play size={16} />} loading={isStarting} onClick={() => run()}>
        {isUnsaved ? text.run.saveAndRun : text.run.run}
      </Button>
    </header>
  )
}
