import { Badge, Card, Grid, Group, NavLink, Text } from '@mantine/core'
import { keepPreviousData, useQuery } from '@tanstack/react-query'
import type { PipelineOut, VersionSummary } from '@/api/generated'
import { listVersionsOptions } from '@/api/generated/@tanstack/react-query.gen'
import { ErrorState } from '@/components/ErrorState'
import { ListSkeleton } from '@/components/ListSkeleton'
import { Moment } from '@/components/Moment'
import { Paging } from '@/components/Paging'
import { PipelinePage } from '@/components/PipelinePage'
import { useFilters } from '@/components/useFilters'
import { strings } from '@/strings'
import { VersionDiff } from './components/VersionDiff'

const text = strings.settings.versions
const LIMIT = 20

export function Component() {
  return (
    <PipelinePage title={strings.settings.tabs.versions} here="versions">
      {pipeline => <Versions pipeline={pipeline} />}
    </PipelinePage>
  )
}

/** The history at the left, what the chosen version changed at the right. */
function Versions({ pipeline }: { pipeline: PipelineOut }) {
  const filters = useFilters()
  const versions = useQuery({
    ...listVersionsOptions({ path: { pipeline_id: pipeline.id }, query: { limit: LIMIT, offset: filters.offset } }),
    placeholderData: keepPreviousData,
  })
  if (versions.isPending) return <ListSkeleton />
  if (versions.isError) return <ErrorState error={versions.error} onRetry={() => void versions.refetch()} />
  const { items, total } = versions.data
  const chosen = Number(filters.get('version')) || items[0]?.version
  return (
    <Grid>
      <Grid.Col span={{ base: 12, md: 4 }}>
        <Card withBorder p="xs">
          {items.map(version => (
            <Version
              key={version.version}
              version={version}
              isCurrent={version.version === pipeline.revision}
              isChosen={version.version === chosen}
              onChoose={() => {
                filters.set('version', String(version.version))
              }}
            />
          ))}
        </Card>
        <Paging total={total} limit={LIMIT} offset={filters.offset} onOffset={filters.turnTo} />
      </Grid.Col>
      <Grid.Col span={{ base: 12, md: 8 }}>
        {chosen ? (
          <VersionDiff key={chosen} pipeline={pipeline} version={chosen} />
        ) : (
          <Text c="dimmed">{text.compare}</Text>
        )}
      </Grid.Col>
    </Grid>
  )
}

type VersionProps = { version: VersionSummary; isCurrent: boolean; isChosen: boolean; onChoose: () => void }

function Version({ version, isCurrent, isChosen, onChoose }: VersionProps) {
  return (
    <NavLink
      component="button"
      active={isChosen}
      aria-current={isChosen}
      onClick={onChoose}
      label={
        <Group component="span" gap={6}>
          {text.version(version.version)}
          {isCurrent && (
            <Badge component="span" size="xs" tt="none" variant="light" color="teal">
              {text.current}
            </Badge>
          )}
          {!version.valid && (
            <Badge component="span" size="xs" tt="none" variant="light" color="orange">
              {text.problems(version.error_count)}
            </Badge>
          )}
        </Group>
      }
      description={
        <>
          <Moment at={version.created_at} /> {version.author_name && text.by(version.author_name)}
          {version.message && ` · ${version.message}`}
        </>
      }
      style={{ borderRadius: 'var(--mantine-radius-md)' }}
    />
  )
}
