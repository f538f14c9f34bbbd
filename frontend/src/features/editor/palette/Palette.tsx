import { ScrollArea, Stack, Text, TextInput, UnstyledButton } from '@mantine/core'
import { Search } from 'lucide-react'
import { memo, useState } from 'react'
import type { ModuleOut } from '@/api/generated'
import { ModuleIcon } from '@/components/ModuleIcon'
import { strings } from '@/strings'
import { useModules } from '../api/modules'
import classes from './Palette.module.css'

const TYPES = ['extractor', 'transformer', 'loader'] as const
export const DRAGGED = 'application/logidata-module'

/** The modules to draw with: click, press Enter, or drag one onto the canvas. */
export const Palette = memo(function Palette({ onAdd }: { onAdd: (module: ModuleOut) => void }) {
  const [search, setSearch] = useState('')
  const words = search.toLowerCase().split(/\s+/)
  const found = [...useModules().values()].filter(module => {
    const about =
      `${module.display_name} ${module.description} ${module.category} ${module.tags.join(' ')}`.toLowerCase()
    return module.is_active && words.every(word => about.includes(word))
  })
  return (
    <Stack className={classes.palette} gap="xs" component="aside" aria-label={strings.editor.palette}>
      <TextInput
        placeholder={strings.editor.searchModules}
        aria-label={strings.editor.searchModules}
        leftSection={<Search size={15} />}
        value={search}
        onChange={event => setSearch(event.currentTarget.value)}
      />
      <ScrollArea flex={1} type="hover">
        {TYPES.map(type => {
          const modules = found.filter(module => module.type === type)
          if (modules.length === 0) return null
          return (
            <Stack key={type} gap={2} mb="md">
              <Text size="xs" fw={600} c="dimmed" px={6} tt="uppercase">
                {strings.editor.types[type]}
              </Text>
              {modules.map(module => (
                <UnstyledButton
                  key={module.id}
                  className={classes.module}
                  title={module.description}
                  draggable
                  onDragStart={event => event.dataTransfer.setData(DRAGGED, module.name)}
                  onClick={() => onAdd(module)}
                  style={{ '--module-color': module.color } as React.CSSProperties}
                >
                  <ModuleIcon name={module.icon} size={16} />
                  {module.display_name}
                </UnstyledButton>
              ))}
            </Stack>
          )
        })}
        {found.length === 0 && (
          <Text c="dimmed" size="sm" p="sm">
            {strings.editor.noModule}
          </Text>
        )}
      </ScrollArea>
    </Stack>
  )
})
