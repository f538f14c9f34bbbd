import { ActionIcon, Badge, Button, TextInput, Tooltip } from '@mantine/core'
import { Gauge, Play, Redo2, Settings2, Undo2, WandSparkles } from 'lucide-react'
import { useNavigate } from 'react-router'
import { PipelineMenu } from '@/components/PipelineMenu'
import { strings } from '@/strings'
import { useUnsaved } from './api/useUnsaved'
import { useAssistant } from './assist/useAssistant'
import { useActions } from './EditorActions'
import classes from './EditorPage.module.css'
import { ProblemList } from './ProblemList'
import { SaveButton } from './SaveButton'
import { useDesk } from './store/desk'
import { redo, undo, useEditor } from './store/editor'
import { Templates } from './Templates'

const text = strings.editor

/** Name, history, verdict, settings, save, run. */
export function Toolbar() {
  const settings = useEditor(state => state.settings)
  const set = useEditor(state => state.set)
  const { pipelineId, refusal, run, isStarting } = useActions()
  const isUnsaved = useUnsaved()
  const hasAssistant = useAssistant()
  const navigate = useNavigate()
  const leave = () => {
    // What is deleted has nothing to save.
    const { settings, nodes, edges, revision, wasSaved } = useEditor.getState()
    wasSaved({ settings, nodes, edges }, revision)
    navigate('/pipelines')
  }
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
      <Templates />
      {hasAssistant && (
        <Tooltip label={strings.assist.describe.title}>
          <ActionIcon
            variant="subtle"
            color="gray"
            onClick={() => useDesk.getState().toggle('describe', true)}
            aria-label={strings.assist.describe.title}
          >
            <WandSparkles size={18} />
          </ActionIcon>
        </Tooltip>
      )}
      <ProblemList />
      <Tooltip label={refusal ?? text.optimize.open}>
        <ActionIcon
          variant="subtle"
          color="gray"
          data-disabled={refusal !== null || undefined}
          aria-disabled={refusal !== null}
          onClick={() => refusal === null && useDesk.getState().toggle('optimize', true)}
          aria-label={text.optimize.open}
        >
          <Gauge size={18} />
        </ActionIcon>
      </Tooltip>
      <Tooltip label={text.settings.title}>
        <ActionIcon
          variant="subtle"
          color="gray"
          onClick={() => useDesk.getState().toggle('settings', true)}
          aria-label={text.settings.title}
        >
          <Settings2 size={18} />
        </ActionIcon>
      </Tooltip>
      {pipelineId && (
        <PipelineMenu
          pipeline={{ id: pipelineId, name: settings.name }}
          onDuplicated={copy => navigate(`/pipelines/${copy.id}`)}
          onDeleted={leave}
        />
      )}
      <SaveButton />
      <Button
        leftSection={<Play size={16} />}
        loading={isStarting}
        disabled={refusal !== null}
        title={refusal ?? undefined}
        onClick={() => run()}
      >
        {isUnsaved ? text.run.saveAndRun : text.run.run}
      </Button>
    </header>
  )
}
