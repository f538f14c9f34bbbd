import { Button, Menu, Text } from '@mantine/core'
import { Sparkles } from 'lucide-react'
import type { ModuleOut } from '@/api/generated'
import { strings } from '@/strings'
import { useForm } from './form/context'

/** Ready configs of the module; taking one is undone like any change. */
export function Presets({ module }: { module: ModuleOut }) {
  const { changeAll } = useForm()
  if (module.presets.length === 0) return null
  return (
    <Menu position="bottom-end" width={280} shadow="md">
      <Menu.Target>
        <Button variant="default" leftSection={<Sparkles size={15} />}>
          {strings.editor.presets}
        </Button>
      </Menu.Target>
      <Menu.Dropdown>
        {module.presets.map(preset => (
          <Menu.Item
            key={preset.name}
            onClick={() =>
              changeAll(
                Object.entries(preset.config).map(([name, value]) => [[name], value] as const),
                'chosen',
              )
            }
          >
            <Text size="sm">{preset.title}</Text>
            <Text size="xs" c="dimmed">
              {preset.description}
            </Text>
          </Menu.Item>
        ))}
      </Menu.Dropdown>
    </Menu>
  )
}
