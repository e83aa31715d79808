import Studies

// A double pendulum, of which both angles are observed ten times a second.
let setting = TwinSetting(
    name: "pendulum", title: "double pendulum, angles observed every 0.1 s", model: DoublePendulum(), steps: 10,
    observed: [0, 1], error: 0.1, cycles: 300, spinUp: 50)

// What is listed is chosen on truths of tuning; the scores are of others.
let scores = compare(
    [
        ComparedMethod(ShrunkEnKF(), choosingFrom: ["inflation": [1.02, 1.1], "shrinkage": [0, 0.1, 0.3]]),
        ComparedMethod(ETKFMethod(members: 10, rotates: true), choosingFrom: ["inflation": [1.02, 1.1]]),
        ComparedMethod(IterativeSmoother(members: 10), choosingFrom: ["inflation": [1.02, 1.1]]),
    ], on: setting, testSeeds: 5)

print(scores.table.rendered(color: false))
for sentence in scores.verdict { print(sentence) }
