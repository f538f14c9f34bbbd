import { Group, Select, Skeleton, Stack, Text, UnstyledButton } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { useEffect, useMemo, useState } from 'react'
import type { LineageOut } from '@/api/generated'
import { getLineageOptions } from '@/api/generated/@tanstack/react-query.gen'
import { messageOf } from '@/api/problem'
import { strings } from '@/strings'
import { useUnsaved } from '../api/useUnsaved'
import { type Passed, traced } from '../model/lineage'
import { isModule } from '../model/types'
import { useChosen, useEditor } from '../store/editor'
import { useTrace } from '../store/trace'
import classes from './Dock.module.css'

const text = strings.editor.lineage

/** Where a column of the chosen step comes from and goes to; the way is shown on the canvas as long as this is open. */
export function LineagePanel({ pipelineId }: { pipelineId: string | undefined }) {
  const chosen = useChosen()
  const revision = useEditor(state => state.revision)
  const options = getLineageOptions({ path: { pipeline_id: pipelineId ?? '' } })
  const { data, error } = useQuery({
    ...options,
    queryKey: [...options.queryKey, revision] as never,
    enabled: pipelineId !== undefined,
  })
  if (!pipelineId) return <Say>{text.saveFirst}</Say>
  if (error) return <Say isWrong>{messageOf(error)}</Say>
  if (!data) return <Skeleton h="100%" radius={0} />
  if (!chosen) return <Say>{text.choose}</Say>
  return <OfStep nodeId={chosen} lineage={data} />
}

function OfStep({ nodeId, lineage }: { nodeId: string; lineage: LineageOut }) {
  const [wanted, want] = useState<string | null>(null)
  const isUnsaved = useUnsaved()
  const columns = lineage.nodes.find(each => each.node_id === nodeId)?.columns.map(each => each.column)
  const column = wanted !== null && columns?.includes(wanted) ? wanted : null
  const trace = useMemo(
    () => (column === null ? null : traced(lineage, { node_id: nodeId, column })),
    [lineage, nodeId, column],
  )
  useEffect(() => {
    useTrace.setState({ trace })
    return () => useTrace.setState({ trace: null })
  }, [trace])
  if (!columns) return <Say>{lineage.unknown.includes(nodeId) ? text.unknown : text.notSaved}</Say>
  const go = (id: string, next: string) => {
    want(next)
    useEditor.getState().select(new Set([id]))
  }
  return (
    <Stack gap="sm" px={14} py={10}>
      <Group gap="sm">
        <Select
          size="xs"
          w={260}
          searchable
          aria-label={text.column}
          placeholder={text.column}
          data={columns}
          value={column}
          onChange={want}
        />
        <Text size="xs" c="dimmed" role="status">
          {isUnsaved ? text.asSaved(lineage.revision) : trace === null ? text.chooseColumn : text.meaning}
        </Text>
      </Group>
      {trace && (
        <Group align="flex-start" gap="xl">
          <Way title={text.from} none={text.fromNone} steps={trace.from} onGo={go} />
          <Way title={text.to} none={text.toNone} steps={trace.to} onGo={go} />
        </Group>
      )}
    </Stack>
  )
}

type WayProps = { title: string; none: string; steps: Passed[]; onGo: (nodeId: string, column: string) => void }

function Way({ title, none, steps, onGo }: WayProps) {
  return (
    <Stack gap={4} flex="1 1 260px" component="section" aria-label={title}>
      <Text size="sm" fw={600}>
        {title}
      </Text>
      {steps.length === 0 && (
        <Text size="sm" c="dimmed">
          {none}
        </Text>
      )}
      {steps.map(step => (
        <Group key={step.nodeId} gap={6}>
          <Label nodeId={step.nodeId} />
          {step.columns.map(column => (
            <UnstyledButton key={column} className={classes.column} onClick={() => onGo(step.nodeId, column)}>
              {column}
            </UnstyledButton>
          ))}
        </Group>
      ))}
    </Stack>
  )
}

function Label({ nodeId }: { nodeId: string }) {
  const label = useEditor(state => {
    const node = state.nodes.find(each => each.id === nodeId)
    return node && isModule(node) ? node.data.label || nodeId : nodeId
  })
  return (
    <Text size="sm" w={140} truncate title={label}>
      {label}
    </Text>
  )
}

function Say({ children, isWrong = false }: { children: string; isWrong?: boolean }) {
  return (
    <Text className={classes.empty} c={isWrong ? 'red' : 'dimmed'} size="sm">
      {children}
    </Text>
  )
}
