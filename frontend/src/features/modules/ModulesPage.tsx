import { Badge, Card, Group, SegmentedControl, SimpleGrid, Text } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { FilterX } from 'lucide-react'
import type { ModuleOut } from '@/api/generated'
import { listModulesOptions } from '@/api/generated/@tanstack/react-query.gen'
import { EmptyState } from '@/components/EmptyState'
import { ErrorState } from '@/components/ErrorState'
import { ListSkeleton } from '@/components/ListSkeleton'
import { ModuleIcon } from '@/components/ModuleIcon'
import { Page } from '@/components/Page'
import { PageHeader } from '@/components/PageHeader'
import { SearchField } from '@/components/SearchField'
import { useFilters } from '@/components/useFilters'
import { useIsAdmin } from '@/session/useAccount'
import { strings } from '@/strings'
import { ModuleDetails } from './components/ModuleDetails'

const text = strings.modules

/** The catalogue: every module, and what its options mean. */
export function Component() {
  const filters = useFilters()
  const [search, type, chosen] = [filters.get('search'), filters.get('type'), filters.get('module')]
  const isAdmin = useIsAdmin()
  const modules = useQuery(listModulesOptions({ query: { include_inactive: isAdmin } }))
  const found = modules.data?.items.filter(module => (!type || module.type === type) && fits(module, search)) ?? []
  const shown = modules.data?.items.find(({ name }) => name === chosen)
  return (
    <Page title={strings.pages.modules}>
      <PageHeader title={strings.pages.modules} description={text.description} />
      <Group mb="md" gap="sm">
        <SearchField value={search} label={text.search} onSearch={value => filters.set('search', value)} />
        <SegmentedControl
          value={type}
          onChange={value => filters.set('type', value)}
          data={[
            { value: '', label: text.anyType },
            ...Object.entries(text.types).map(([value, label]) => ({ value, label })),
          ]}
        />
      </Group>
      {modules.isPending && <ListSkeleton height={72} />}
      {modules.isError && !modules.data && <ErrorState error={modules.error} onRetry={() => void modules.refetch()} />}
      {modules.data && found.length === 0 && (
        <EmptyState icon={FilterX} title={strings.list.nothing} color="gray">
          {strings.list.nothingHint}
        </EmptyState>
      )}
      <SimpleGrid cols={{ base: 1, sm: 2, lg: 3 }}>
        {found.map(module => (
          <ModuleCard key={module.id} module={module} onOpen={() => filters.set('module', module.name)} />
        ))}
      </SimpleGrid>
      {shown && <ModuleDetails module={shown} onClose={() => filters.set('module', null)} />}
    </Page>
  )
}

function ModuleCard({ module, onOpen }: { module: ModuleOut; onOpen: () => void }) {
  return (
    <Card withBorder component="button" type="button" onClick={onOpen} p="md" ta="start">
      <Group gap="sm" wrap="nowrap" align="flex-start">
        <ModuleIcon name={module.icon} size={22} />
        <div>
          <Group gap={6}>
            <Text fw={600} size="sm">
              {module.display_name}
            </Text>
            <Badge size="xs" variant="light" tt="none" color="gray">
              {module.category}
            </Badge>
            {!module.is_active && (
              <Badge size="xs" variant="light" tt="none" color="orange">
                {text.inactive}
              </Badge>
            )}
          </Group>
          <Text size="xs" c="dimmed" lineClamp={2}>
            {module.description}
          </Text>
        </div>
      </Group>
    </Card>
  )
}

function fits({ display_name, name, description, category, tags }: ModuleOut, search: string): boolean {
  const all = [display_name, name, description, category, ...tags].join(' ').toLowerCase()
  return search
    .toLowerCase()
    .split(/\s+/)
    .every(word => all.includes(word))
}
