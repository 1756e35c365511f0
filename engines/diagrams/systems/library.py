"""Systems to begin with."""

HARES = """# Lotka and Volterra's equations in two boxes.
box hares(foxes: fox) -> (x: hare)
  x' = 1.1*x - 0.4*x*foxes from 10

box foxes(food: hare) -> (y: fox)
  y' = 0.1*food*y - 0.4*y from 5

system meadow() -> ()
  h: hares
  f: foxes
  h.x -> f.food
  f.y -> h.foxes
"""

CELLS = """# Two nerve cells (FitzHugh and Nagumo), each of two boxes, that drive each other.
box voltage(recovery: slow, current: drive) -> (v: fast, out: drive)
  out = 0.3*v
  v' = v - v**3/3 - recovery + 0.5 + current from -1

box recovery(v: fast) -> (w: slow)
  w' = 0.08*(v + 0.7 - 0.8*w) from 0

system cell(current: drive) -> (out: drive)
  a: voltage
  b: recovery
  a.v -> b.v
  b.w -> a.recovery
  current -> a.current
  a.out -> out

box pacemaker() -> (u: drive)
  u' = 0.5*p from 0
  p' = -0.5*u from 0.2

system pair() -> ()
  clock: pacemaker
  one: cell
  two: cell
  clock.u -> one.current
  one.out -> two.current
"""

THERMOSTAT = """# A room, its heater, and who holds it at 20 degrees; cut what is measured and see.
box room(heat: power) -> (t: degrees)
  t' = 0.5*(5 - t) + heat from 5

box controller(measured: degrees) -> (want: power)
  off = 20 - seen
  want = 2*off + total
  seen' = 4*(measured - seen) from 5
  total' = 0.6*(20 - seen) from 0

box heater(asked: power) -> (heat: power)
  heat' = 2*(asked - heat) from 0

system regulator(measured: degrees) -> (heat: power)
  c: controller
  h: heater
  measured -> c.measured
  c.want -> h.asked
  h.heat -> heat

system house() -> ()
  room: room
  reg: regulator
  room.t -> reg.measured
  reg.heat -> room.heat
"""
