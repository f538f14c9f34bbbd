import { Anchor, Badge, Group, Table, Text, UnstyledButton } from '@mantine/core'
import { Lock } from 'lucide-react'
import { Link } from 'react-router'
import type { ListedPipeline } from '@/api/generated'
import { duration } from '@/components/format'
import { ListTable } from '@/components/ListTable'
import { Moment } from '@/components/Moment'
import { PipelineMenu } from '@/components/PipelineMenu'
import { RunStatus } from '@/components/RunStatus'
import { strings } from '@/strings'
import { RunStrip } from './RunStrip'
import { ScheduleCell } from './ScheduleCell'

const text = strings.pipelines

type Props = { pipelines: ListedPipeline[]; onTag: (tag: string) => void }

/** Pipelines, one a line: how the last run went and when the next one starts. */
export function PipelineTable({ pipelines, onTag }: Props) {
  return (
    <ListTable
      minWidth={900}
      columns={[
        { title: text.name },
        { title: text.status, w: 100 },
        { title: text.lastRun, w: 190 },
        { title: text.schedule, w: 250 },
        { title: text.changed, w: 130 },
        { 'aria-label': strings.actions.more, w: 50 },
      ]}
    >
      {pipelines.map(pipeline => (
        <Table.Tr key={pipeline.id}>
          <Table.Td>
            <Name pipeline={pipeline} onTag={onTag} />
          </Table.Td>
          <Table.Td>
            <Badge variant="outline" color={pipeline.status === 'active' ? 'teal' : 'gray'} tt="none" miw="max-content">
              {text.statuses[pipeline.status]}
            </Badge>
          </Table.Td>
          <Table.Td>
            <LastRun run={pipeline.last_run} />
            <RunStrip name={pipeline.name} runs={pipeline.recent_runs} />
          </Table.Td>
          <Table.Td>
            <ScheduleCell pipeline={pipeline} />
          </Table.Td>
          <Table.Td>
            <Moment at={pipeline.updated_at} />
          </Table.Td>
          <Table.Td>
            <PipelineMenu pipeline={pipeline} canRun={pipeline.published_revision !== null} />
          </Table.Td>
        </Table.Tr>
      ))}
    </ListTable>
  )
}

function Name({ pipeline, onTag }: { pipeline: ListedPipeline; onTag: (tag: string) => void }) {
  return (
    <>
      <Group gap={6} wrap="nowrap">
        <Anchor component={Link} to={`/pipelines/${pipeline.id}`} fw={600} size="sm">
          {pipeline.name}
        </Anchor>
        {pipeline.visibility === 'private' && <Lock size={13} aria-label={text.private} />}
      </Group>
      <Text size="xs" c="dimmed" lineClamp={1}>
        {[text.nodes(pipeline.node_count), pipeline.description].filter(Boolean).join(' · ')}
      </Text>
      <Group gap={4} mt={pipeline.tags.length > 0 ? 4 : 0}>
        {pipeline.tags.map(tag => (
          <UnstyledButton key={tag} onClick={() => onTag(tag)} aria-label={`${text.anyTag} ${tag}`}>
            <Badge size="sm" variant="light" tt="none" style={{ cursor: 'pointer' }}>
              {tag}
            </Badge>
          </UnstyledButton>
        ))}
      </Group>
    </>
  )
}

function LastRun({ run }: { run: ListedPipeline['last_run'] }) {
  if (!run)
    return (
      <Text size="sm" c="dimmed">
        {text.never}
      </Text>
    )
  return (
    <Anchor component={Link} to={`/executions/${run.id}`} underline="never" c="inherit" title={run.error_message ?? ''}>
      <RunStatus status={run.status} />
      <Text size="xs" c="dimmed" component="div" mt={2} style={{ whiteSpace: 'nowrap' }}>
        <Moment at={run.created_at} />
        {run.duration_seconds !== null && ` · ${duration(run.duration_seconds)}`}
      </Text>
    </Anchor>
  )
}
