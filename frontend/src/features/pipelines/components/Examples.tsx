import { Anchor, Badge, Button, Card, Group, SimpleGrid, Stack, Text, Title } from '@mantine/core'
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { PencilRuler, Play } from 'lucide-react'
import { useNavigate } from 'react-router'
import { createExample, type ExampleOut, executePipeline } from '@/api/generated'
import { listExamplesOptions, listPipelinesQueryKey } from '@/api/generated/@tanstack/react-query.gen'
import { useAccount } from '@/session/useAccount'
import { strings } from '@/strings'

const text = strings.pipelines.examples

/** Pipelines to begin with: each is made with its files, and one runs at a click. */
export function Examples() {
  const role = useAccount()?.role
  const examples = useQuery(listExamplesOptions())
  if (!examples.data || !role || role === 'viewer') return null
  return (
    <Stack mt="xl" component="section" aria-labelledby="examples">
      <div>
        <Title order={2} size="h4" id="examples">
          {text.title}
        </Title>
        <Text c="dimmed" size="sm">
          {text.hint}
        </Text>
      </div>
      <SimpleGrid cols={{ base: 1, md: 3 }}>
        {examples.data.items.map(example => (
          <Example key={example.name} example={example} />
        ))}
      </SimpleGrid>
    </Stack>
  )
}

function Example({ example }: { example: ExampleOut }) {
  const navigate = useNavigate()
  const queryClient = useQueryClient()
  const make = async () => (await createExample({ path: { name: example.name } })).data
  const onSuccess = (to: string) => {
    void queryClient.invalidateQueries({ queryKey: listPipelinesQueryKey() })
    return navigate(to)
  }
  const run = useMutation({
    mutationFn: async () => {
      const { id } = await make()
      const { data } = await executePipeline({ path: { pipeline_id: id }, body: {} })
      return `/executions/${data.id}`
    },
    onSuccess,
  })
  const open = useMutation({ mutationFn: async () => `/pipelines/${(await make()).id}`, onSuccess })
  const isBusy = run.isPending || open.isPending
  return (
    <Card withBorder>
      <Stack h="100%" justify="space-between">
        <Stack gap={6}>
          <Anchor component="button" type="button" ta="start" fw={600} onClick={() => open.mutate()} disabled={isBusy}>
            {example.title}
          </Anchor>
          <Text size="sm" c="dimmed">
            {example.description}
          </Text>
          <Badge variant="light" color="gray" tt="none">
            {strings.pipelines.nodes(example.modules.length)}
          </Badge>
        </Stack>
        <Group gap="xs">
          <Button
            size="xs"
            leftSection={<Play size={14} aria-hidden />}
            loading={run.isPending}
            disabled={isBusy}
            onClick={() => run.mutate()}
            aria-label={text.runOf(example.title)}
          >
            {text.run}
          </Button>
          <Button
            size="xs"
            variant="default"
            leftSection={<PencilRuler size={14} aria-hidden />}
            loading={open.isPending}
            disabled={isBusy}
            onClick={() => open.mutate()}
            aria-label={text.openOf(example.title)}
          >
            {text.open}
          </Button>
        </Group>
      </Stack>
    </Card>
  )
}
