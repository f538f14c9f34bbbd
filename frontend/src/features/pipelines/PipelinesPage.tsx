import { Anchor, Button, Card, Skeleton, Stack } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { Plus, Workflow } from 'lucide-react'
import { Link } from 'react-router'
import { listPipelinesOptions } from '@/api/generated/@tanstack/react-query.gen'
import { EmptyState } from '@/components/EmptyState'
import { ErrorState } from '@/components/ErrorState'
import { Page } from '@/components/Page'
import { PageHeader } from '@/components/PageHeader'
import { strings } from '@/strings'

const text = strings.pipelines

export function Component() {
  const pipelines = useQuery(listPipelinesOptions())
  const create = (
    <Button component={Link} to="/pipelines/new" leftSection={<Plus size={16} />}>
      {text.new}
    </Button>
  )
  return (
    <Page title={strings.pages.pipelines}>
      <PageHeader title={strings.pages.pipelines}>{create}</PageHeader>
      {pipelines.isPending && <Skeleton h={160} radius="lg" />}
      {pipelines.isError && <ErrorState error={pipelines.error} onRetry={() => pipelines.refetch()} />}
      {pipelines.data?.total === 0 && (
        <EmptyState icon={Workflow} title={text.empty} action={create}>
          {text.emptyHint}
        </EmptyState>
      )}
      <Stack gap="xs">
        {pipelines.data?.items.map(pipeline => (
          <Card key={pipeline.id} withBorder padding="md">
            <Anchor component={Link} to={`/pipelines/${pipeline.id}`} fw={600}>
              {pipeline.name}
            </Anchor>
          </Card>
        ))}
      </Stack>
    </Page>
  )
}
