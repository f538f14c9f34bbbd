import { Anchor, Badge, Box, Button, Group, Skeleton, Text } from '@mantine/core'
import { Play } from 'lucide-react'
import { useEffect, useState } from 'react'
import { Link } from 'react-router'
import type { ExecutionOut } from '@/api/generated'
import { messageOf } from '@/api/problem'
import { count, duration } from '@/components/format'
import { RunStatus } from '@/components/RunStatus'
import { AirflowLink } from '@/live/AirflowLink'
import { ExecutionActions } from '@/live/ExecutionActions'
import { LogPanel } from '@/live/LogPanel'
import { RunError } from '@/live/RunError'
import { rowsLoaded } from '@/live/rows'
import { useSeconds } from '@/live/useSeconds'
import { strings } from '@/strings'
import { useActions, useShownExecution } from '../EditorActions'
import { useChosen, useEditor } from '../store/editor'
import classes from './Dock.module.css'

const text = strings.editor.run

/** The shown run: what became of it, and its log, of the chosen node or of all. */
export function RunPanel() {
  const live = useShownExecution()
  const { refusal, show, run, isStarting } = useActions()
  const chosen = useChosen()
  const [nodeId, setNodeId] = useState<string | null>(null)
  const { execution } = live
  const isKnown = execution?.nodes.some(node => node.node_id === chosen) ?? false
  useEffect(() => setNodeId(chosen && isKnown ? chosen : null), [chosen, isKnown])
  if (!execution) {
    if (live.error)
      return (
        <Text className={classes.empty} c="red">
          {messageOf(live.error)}
        </Text>
      )
    if (live.isLoading) return <Skeleton h="100%" radius={0} />
    return (
      <Box className={classes.empty}>
        <Text c="dimmed" size="sm" mb="sm">
          {text.none}
        </Text>
        <Button
          size="xs"
          leftSection={<Play size={15} aria-hidden />}
          loading={isStarting}
          disabled={refusal !== null}
          title={refusal ?? undefined}
          onClick={() => run()}
        >
          {text.run}
        </Button>
      </Box>
    )
  }
  const look = (id: string) => useEditor.getState().select(new Set([id]))
  return (
    <>
      <Group className={classes.head} gap="sm">
        <RunStatus status={execution.status} />
        <Figures execution={execution} />
        <Badge variant="dot" color={live.connection === 'live' ? 'teal' : 'gray'} tt="none" role="status">
          {strings.executions.connection[live.connection]}
        </Badge>
        <AirflowLink execution={execution} />
        <Anchor component={Link} to={`/executions/${execution.id}`} size="xs">
          {text.page}
        </Anchor>
        <Group gap="xs" ml="auto">
          <ExecutionActions execution={execution} onChanged={live.refetch} onStarted={show} size="xs" />
          <Button size="xs" variant="subtle" color="gray" onClick={() => show(null)}>
            {text.hide}
          </Button>
        </Group>
      </Group>
      {execution.error_message && (
        <Box px="sm" pb="xs" flex="none">
          <RunError execution={execution} onNode={look} isCompact />
        </Box>
      )}
      <Box className={classes.log}>
        <LogPanel
          executionId={execution.id}
          lines={live.lines}
          dropped={live.dropped}
          nodes={execution.nodes}
          nodeId={nodeId}
          onNode={setNodeId}
        />
      </Box>
    </>
  )
}

function Figures({ execution }: { execution: ExecutionOut }) {
  const revision = useEditor(state => state.revision)
  const seconds = useSeconds(execution)
  const rows = rowsLoaded(execution.nodes)
  const { pipeline_version, until_node } = execution
  return (
    <Text size="sm" c="dimmed">
      {[
        duration(seconds),
        rows !== null && text.loaded(count(rows)),
        pipeline_version !== null && pipeline_version !== revision && text.otherVersion(pipeline_version),
        until_node && text.until(execution.nodes.find(node => node.node_id === until_node)?.label ?? until_node),
      ]
        .filter(Boolean)
        .join(' · ')}
    </Text>
  )
}
